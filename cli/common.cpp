// `writ common`: a ranked list of common passwords as a file that can be looked into. A build has one beside the command; this
// makes others, of a list that a company keeps, say, or of the denylist of the system one comes from.
#include "runtime/password/common.h"

#include "cli/ask.h"
#include "cli/lists.h"
#include "cli/verb.h"
#include "runtime/program/password_facts.h"
#include "runtime/program/value.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using namespace password;

struct Options {
  std::string source, file;
  std::uint32_t top = most_common;
  Format format = Format::pretty;
};

int build(const Options& options, Console& console) {
  Mapped source;
  if (const std::string problem = source.open(options.source); !problem.empty())
    return fail(console, fmt::format("cannot read `{}`: {}", options.source, problem));
  const auto bytes = source.bytes();
  const CommonMade made =
      make_common({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options.top, options.file);
  if (!made.problem.empty()) return fail(console, fmt::format("`{}`: {}", options.source, made.problem));
  if (options.format == Format::json)
    console.out(nlohmann::ordered_json{{"passwords", made.entries}, {"bytes", made.bytes}}.dump(2) + "\n");
  else
    console.out(fmt::format("wrote {}: {} common passwords, {} bytes\n", safe(options.file), made.entries, made.bytes));
  return exit_ok;
}

int check(const Options& options, Console& console) {
  const std::string path = options.file.empty() ? common_list_path() : options.file;
  CommonList list;
  if (const std::string problem = list.open(path); !problem.empty())
    return fail(console, fmt::format("cannot use `{}`: {}", path, problem));
  const Asked asked = ask_password("Password: ", static_cast<std::size_t>(max_password_bytes));
  if (!asked.problem.empty()) return fail(console, asked.problem);
  if (!valid_utf8(asked.password.expose())) return fail(console, "the password is not UTF-8");
  const std::uint32_t rank = list.rank(asked.password.expose());
  if (options.format == Format::json) {
    nlohmann::ordered_json json = {{"found", rank > 0}};
    if (rank > 0) json["rank"] = rank;
    json["passwords"] = list.entries();
    console.out(json.dump(2) + "\n");
  } else if (rank > 0) {
    console.out(fmt::format("{}  number {} of {} common passwords\n", console.painted(Paint::bad, "found"), rank,
                            list.entries()));
  } else {
    console.out(
        fmt::format("{}  among {} common passwords\n", console.painted(Paint::good, "not found"), list.entries()));
  }
  return rank > 0 ? exit_not_allowed : exit_ok;
}

}  // namespace

void declare_common(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* common = app.add_subcommand("common", "make and ask a list of common passwords");
  common->require_subcommand(1);
  add_examples(*common, {"writ common build denylist.txt -o denylist.common", "writ common check denylist.common"});

  CLI::App* verb =
      common->add_subcommand("build", "make a list from a text of one password a line, the most common first");
  verb->add_option("SOURCE", options->source, "the text; a password counts in lower case")->required();
  verb->add_option("-o,--output", options->file, "the file to make; it is replaced when the new one is whole")
      ->type_name("FILE")
      ->required();
  verb->add_option("--top", options->top, "how many to take")
      ->type_name("N")
      ->check(CLI::Range(1U, most_common).description(""));
  add_format(*verb, options->format);
  add_examples(*verb, {"writ common build --top 10000 denylist.txt -o denylist.common"});
  runs(*verb, invocation, [options, &invocation] { return build(*options, invocation.console); });

  verb = common->add_subcommand("check", "whether a password, typed or from standard input, is in a list: exit code 6");
  verb->add_option("FILE", options->file, "what `writ common build` made; without it the list that came with writ");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ common check denylist.common"});
  runs(*verb, invocation, [options, &invocation] { return check(*options, invocation.console); });
}

}  // namespace writ::cli
