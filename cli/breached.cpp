// `writ breached`: the list of breached passwords as a file that can be looked into, made once from what Have I Been Pwned gives
// away, and asked without a network.
#include "runtime/password/breached.h"

#include "cli/ask.h"
#include "cli/verb.h"
#include "runtime/password/breached_build.h"
#include "runtime/password/pwned.h"
#include "runtime/program/password_facts.h"
#include "runtime/program/value.h"

#include <cmath>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using namespace password;

struct Options {
  std::string source, file;
  bool filter = false, incomplete = false;
  double rate = 0;
  Format format = Format::pretty;
};

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

// "1 in 65,536"
std::string one_in(double rate) {
  return fmt::format("1 in {}", grouped(static_cast<std::uint64_t>(std::round(1 / rate))));
}

std::string kind_of(const BreachedList& list) {
  std::string text = list.is_filter() ? "filter, wrong about " + one_in(list.false_positive_rate()) : "exact index";
  return list.is_incomplete() ? text + ", made of an incomplete list" : text;
}

nlohmann::ordered_json described(const BreachedList& list) {
  nlohmann::ordered_json json = {{"kind", list.is_filter() ? "filter" : "exact"}, {"hashes", list.hashes()}};
  if (list.is_filter()) json["false_positive_rate"] = list.false_positive_rate();
  json["incomplete"] = list.is_incomplete();
  json["root"] = to_hex(list.root());
  return json;
}

// What is asked for, and what it is made of; one flag implies the other.
std::string read_options(const Options& options, BreachedOptions& build) {
  constexpr double usual = 1.0 / 65'536;
  build.incomplete = options.incomplete;
  if (!options.filter && options.rate == 0) return {};
  const auto bits = bits_for(options.rate == 0 ? usual : options.rate);
  if (!bits) return "the rate of false positives is between 0.00000000024 (1 in 4,294,967,296) and 1, as in 0.004";
  build.bits = *bits;
  return {};
}

int build(const Options& options, Console& console) {
  BreachedOptions wanted;
  if (const std::string problem = read_options(options, wanted); !problem.empty())
    return fail(console, problem, exit_usage);
  std::error_code none;
  if (std::filesystem::equivalent(options.source, options.file, none))
    return fail(console, "the list would replace what it is made of; name another file", exit_usage);
  BreachedBuilder builder;
  if (const std::string problem = builder.begin(options.file, wanted); !problem.empty()) return fail(console, problem);
  {
    Progress progress(console, "reading");
    const bool folder = options.source != "-" && std::filesystem::is_directory(options.source);
    PwnedSink sink;
    sink.take = [&](std::span<const PwnedHash> hashes) { return builder.add(hashes); };
    sink.progress = [&](std::uint64_t done, std::uint64_t total) {
      progress.reach(done, total, folder ? 1 : 1'000'000, folder ? "ranges" : "MB");
    };
    if (const PwnedProblem problem = read_pwned(options.source, options.incomplete, sink); !problem.text.empty())
      return fail(console, problem.text);
  }
  if (const std::string problem = builder.commit(); !problem.empty()) return fail(console, problem);
  BreachedList list;
  if (const std::string problem = list.open(options.file); !problem.empty())
    return fail(console, fmt::format("what was written to `{}` cannot be read: {}", options.file, problem));
  if (options.format == Format::json) {
    nlohmann::ordered_json json = described(list);
    json["bytes"] = builder.size();
    console.out(json.dump(2) + "\n");
    return exit_ok;
  }
  console.out(fmt::format("wrote {}: {}, {} hashes, {} bytes\n", safe(options.file), kind_of(list),
                          grouped(list.hashes()), grouped(builder.size())));
  return exit_ok;
}

int check(const Options& options, Console& console) {
  BreachedList list;
  if (const std::string problem = list.open(options.file); !problem.empty())
    return fail(console, fmt::format("cannot use `{}`: {}", options.file, problem));
  const Asked asked = ask_password("Password: ", static_cast<std::size_t>(max_password_bytes));
  if (!asked.problem.empty()) return fail(console, asked.problem);
  const std::string_view text = asked.password.expose();
  if (text.empty()) return fail(console, "the password is empty");
  if (!valid_utf8(text)) return fail(console, "the password is not UTF-8");
  if (text.find('\n') != text.npos) return fail(console, "standard input has more than one line; the password is one");
  const BreachedAnswer answer = list.look_up(sha1_of(text));
  if (answer.fault != BreachedFault::none)
    return fail(console,
                fmt::format("cannot use `{}`: the part that would hold the password is damaged", options.file));
  if (options.format == Format::json) {
    nlohmann::ordered_json json = {{"found", answer.found}};
    if (answer.found && !list.is_filter()) json["times"] = answer.times;
    json["list"] = described(list);
    console.out(json.dump(2) + "\n");
  } else if (!answer.found) {
    console.out(fmt::format("{}  in {} breached passwords\n", console.painted(Paint::good, "not found"),
                            grouped(list.hashes())));
  } else {
    const std::string how =
        list.is_filter()
            ? fmt::format("in {} breached passwords; of those that are not in them, {} is said to be",
                          grouped(list.hashes()), one_in(list.false_positive_rate()))
            : fmt::format("seen {} in breaches", answer.times == 1 ? "once" : grouped(answer.times) + " times");
    console.out(fmt::format("{}  {}\n", console.painted(Paint::bad, "found"), how));
  }
  return answer.found ? exit_not_allowed : exit_ok;
}

int verify(const Options& options, Console& console) {
  BreachedList list;
  std::string problem = list.open(options.file);
  if (problem.empty()) problem = list.check_all();
  if (!problem.empty()) return fail(console, fmt::format("cannot use `{}`: {}", options.file, problem));
  if (options.format == Format::json)
    console.out(described(list).dump(2) + "\n");
  else
    console.out(
        fmt::format("ok: {}, {} hashes, root {}\n", kind_of(list), grouped(list.hashes()), to_hex(list.root())));
  return exit_ok;
}

}  // namespace

void declare_breached(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* breached = app.add_subcommand("breached", "make and ask a list of breached passwords, without a network");
  breached->require_subcommand(1);
  add_examples(*breached,
               {"writ breached build pwnedpasswords.txt -o breached.index", "writ breached check breached.index",
                "writ breached build --filter ranges/ -o breached.filter", "writ breached verify breached.filter"});

  CLI::App* verb = breached->add_subcommand("build", "make a list from what Have I Been Pwned gives away");
  verb->add_option("SOURCE", options->source,
                   "the file ordered by SHA-1 hash, a folder of ranges, or - for standard input")
      ->required();
  verb->add_option("-o,--output", options->file, "the file to make; it is replaced when the new one is whole")
      ->type_name("FILE")
      ->required();
  verb->add_flag("--filter", options->filter, "a filter: smaller, and wrong about a few other passwords; no counts");
  verb->add_option("--false-positive-rate", options->rate,
                   "how often, of a filter: 0.004 is a byte a hash; 0.0000153 (the default) two; less is four")
      ->type_name("RATE");
  verb->add_flag("--incomplete", options->incomplete,
                 "take a list of which ranges are missing: nothing in them is found");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ breached build pwnedpasswords.txt -o breached.index",
                       "writ breached build --filter --false-positive-rate 0.004 ranges/ -o breached.filter",
                       "zstdcat pwnedpasswords.txt.zst | writ breached build - -o breached.index"});
  runs(*verb, invocation, [options, &invocation] { return build(*options, invocation.console); });

  verb =
      breached->add_subcommand("check", "whether a password, typed or from standard input, is in a list: exit code 6");
  verb->add_option("FILE", options->file, "what `writ breached build` made")->required();
  add_format(*verb, options->format);
  add_examples(*verb,
               {"writ breached check breached.index", "pass show mail | head -1 | writ breached check breached.index"});
  runs(*verb, invocation, [options, &invocation] { return check(*options, invocation.console); });

  verb = breached->add_subcommand("verify", "whether every part of a list is as it was written");
  verb->add_option("FILE", options->file, "what `writ breached build` made")->required();
  add_format(*verb, options->format);
  add_examples(*verb, {"writ breached verify breached.index"});
  runs(*verb, invocation, [options, &invocation] { return verify(*options, invocation.console); });
}

}  // namespace writ::cli
