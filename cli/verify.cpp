// `writ verify`, `writ inspect` and `writ apply`: whether a bundle may serve, what is in it, and a delta laid over its base.
#include "cli/bundles.h"
#include "cli/verb.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/words.h"
#include "runtime/engine/activation.h"
#include "runtime/password/mapped.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using bundle::Bundle;
using bundle::Problem;
using Opened = std::shared_ptr<const Bundle>;

struct Options {
  std::string file, base, state, rollback, at, output;
  bool record = false, parts = false;
  Format format = Format::pretty;
  Believing believing;
};

// The bundle, or what comes out of the delta.
Opened open_any(const Options& options, Console& console, int& code) {
  Problem problem;
  const auto refused = [&](const std::string& path) {
    code = refuse(console, path, problem);
    return nullptr;
  };
  if (!begins_as_delta(options.file)) {
    auto opened = Bundle::open(options.file, problem);
    return problem ? refused(options.file) : opened;
  }
  if (options.base.empty()) {
    code = fail(console, "a delta is judged by what comes out of it: say by --base what it is laid over", exit_usage);
    return nullptr;
  }
  const auto base = Bundle::open(options.base, problem);
  if (!base) return refused(options.base);
  password::Mapped file;
  if (const auto wrong = file.open(options.file); !wrong.empty()) {
    code = fail(console, fmt::format("cannot read `{}`: {}", options.file, wrong));
    return nullptr;
  }
  auto out = bundle::apply(*base, std::as_bytes(file.bytes()), problem);
  return problem ? refused(options.file) : out;
}

Problem judge_all(const Opened& judged, const bundle::Trust& trust, const Options& options, std::int64_t now) {
  const auto& opened = *judged;
  if (auto problem = bundle::judge(opened, trust, now)) return problem;
  if (auto problem = opened.check_all()) return problem;
  Opening how;
  how.self_test = std::chrono::minutes(1);
  std::size_t tested = 0;
  if (auto problem = self_test(judged, how, tested)) return problem;
  if (options.state.empty()) return {};
  std::optional<bundle::Rollback> rollback;
  if (!options.rollback.empty()) {
    std::string text;
    rollback.emplace();
    if (auto problem = bundle::read_text(options.rollback, text)) return problem;
    if (auto problem = bundle::read_rollback(text, *rollback)) return problem;
  }
  bundle::State state;
  if (auto problem = state.open(options.state)) return problem;
  auto seen = state.seen(opened.manifest().channel);
  if (auto problem = bundle::judge_version(opened, trust, rollback, seen)) return problem;
  return options.record ? state.record(*seen) : Problem{};
}

int verify(const Options& options, Console& console) {
  auto now = now_micros();
  if (!options.at.empty()) {
    const auto told = parse_time(options.at);
    if (!told) return fail(console, fmt::format("`{}` is no time: 2027-01-31T00:00Z", options.at), exit_usage);
    now = *told;
  }
  if (options.state.empty() && (options.record || !options.rollback.empty()))
    return fail(console, "--record and --rollback are about --state, the file of the latest version seen", exit_usage);
  bundle::Trust trust;
  if (const int code = trust_of(options.believing, console, trust); code != exit_ok) return code;
  int code = exit_ok;
  const auto opened = open_any(options, console, code);
  if (!opened) return code;
  if (const auto problem = judge_all(opened, trust, options, now)) return refuse(console, options.file, problem);
  console.out(fmt::format("ok: {}, {}, {}\n", name_of(*opened), counted(opened->size(), "tenant"),
                          trust.accept_unsigned ? "whoever made it" : "signed by whom is trusted"));
  return exit_ok;
}

int apply(const Options& options, Console& console) {
  int code = exit_ok;
  const auto base = open_bundle(options.base, options.believing, console, code);
  if (!base) return code;
  bundle::Trust trust;
  if (code = trust_of(options.believing, console, trust); code != exit_ok) return code;
  const auto out = open_any(options, console, code);
  if (!out) return code;
  auto problem = bundle::judge(*out, trust, now_micros());
  if (!problem) problem = out->check_all();
  if (problem) return refuse(console, options.file, problem);
  if ((problem = bundle::write_file(options.output, out->body(), out->signatures())))
    return fail(console, problem.detail);
  console.out(fmt::format("{}: {}, {}\n", safe(options.output), name_of(*out), counted(out->size(), "tenant")));
  return exit_ok;
}

std::string time_text(std::int64_t micros) {
  return micros == INT64_MIN || micros == INT64_MAX ? "" : time_to_text(micros);
}

nlohmann::ordered_json described(const Bundle& opened, const Problem& judged, bool parts) {
  const auto& manifest = opened.manifest();
  nlohmann::ordered_json json = {
      {"channel", manifest.channel},
      {"version", manifest.version},
      {"previous", manifest.previous},
      {"root", to_hex(opened.root())},
      {"state", to_hex(manifest.state)},
      {"interface", to_hex(manifest.interface)},
      {"made_by", manifest.made_by},
      {"minimum_engine", to_text(manifest.minimum_engine)},
      {"not_before", time_text(manifest.not_before)},
      {"expires", time_text(manifest.expires)},
      {"bytes", opened.bytes().size()},
      {"tenants", opened.size()},
      {"shapes", opened.shapes().size()},
      {"refused", judged ? nlohmann::ordered_json(name_of(judged.reason)) : nlohmann::ordered_json(nullptr)}};
  std::vector<bundle::Sample> samples;
  json["questions"] =
      opened.samples(samples) ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(samples.size());
  json["signatures"] = nlohmann::ordered_json::array();
  for (const auto& one : opened.signatures()) json["signatures"].push_back(to_hex(one.kid));
  if (!parts) return json;
  json["parts"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < opened.size(); ++i) {
    const auto& row = opened.row(i);
    nlohmann::ordered_json part = {{"id", opened.id(i)},
                                   {"hot", row.hot_size},
                                   {"cold", row.cold_size},
                                   {"hot_hash", to_hex(row.hot)},
                                   {"cold_hash", to_hex(row.cold)}};
    bundle::Origin origin;
    if (!opened.origin(i, origin))
      for (const auto& [name, digest] : origin.files)
        part["sources"].push_back({{"file", name}, {"hash", to_hex(digest)}});
    json["parts"].push_back(std::move(part));
  }
  return json;
}

std::string pretty(const Bundle& opened, const Problem& judged, bool parts) {
  const auto& manifest = opened.manifest();
  std::string text = fmt::format("version    {} of channel {}{}\n", manifest.version, manifest.channel,
                                 manifest.previous != 0 ? fmt::format(", after {}", manifest.previous) : "");
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<10} {}\n", name, value);
  };
  line("root", to_hex(opened.root()));
  line("state", to_hex(manifest.state));
  line("made by", safe(manifest.made_by) + ", for writ " + to_text(manifest.minimum_engine) + " and later");
  line("from", time_text(manifest.not_before));
  line("until", time_text(manifest.expires));
  line("holds", fmt::format("{}, {}, {}", counted(opened.size(), "tenant"), counted(opened.shapes().size(), "shape"),
                            counted(opened.bytes().size(), "byte")));
  for (const auto& one : opened.signatures()) line("signed by", to_hex(one.kid));
  line("may serve", judged ? "no: " + safe(text_of(judged)) : "yes");
  if (!parts) return text;
  for (std::size_t i = 0; i < opened.size(); ++i)
    text += fmt::format("{}  {} + {} bytes  {}\n", safe(opened.id(i)), opened.row(i).hot_size, opened.row(i).cold_size,
                        short_hash(opened.row(i).hot));
  return text;
}

// It shows what anybody may have written, and says whether it is to be believed.
int inspect(const Options& options, Console& console) {
  bundle::Trust trust;
  if (const int code = trust_of(options.believing, console, trust); code != exit_ok) return code;
  int code = exit_ok;
  const auto opened = open_any(options, console, code);
  if (!opened) return code;
  const bool asked = !trust.keys.empty() || trust.accept_unsigned;
  auto judged = asked ? bundle::judge(*opened, trust, now_micros())
                      : Problem{bundle::Reason::untrusted_key, "no key was given to judge it by"};
  if (!judged) judged = opened->check_all();
  console.out(options.format == Format::json ? described(*opened, judged, options.parts).dump(2) + "\n"
                                             : pretty(*opened, judged, options.parts));
  return asked && judged ? exit_refused : exit_ok;
}

void add_file(CLI::App& verb, Options& options) {
  verb.add_option("FILE", options.file, "a bundle, or a delta with --base")->required();
  verb.add_option("--base", options.base, "of a delta: the bundle it is laid over")->type_name("BUNDLE");
  add_believing(verb, options.believing);
}

}  // namespace

void declare_verify(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("verify", "whether a bundle may serve: whole, signed, in its time, not older");
  add_file(*verb, *options);
  verb->add_option("--state", options->state, "the file of the latest version seen; an older one is refused")
      ->type_name("FILE");
  verb->add_flag("--record", options->record, "write into --state that this one was seen");
  verb->add_option("--rollback", options->rollback, "a signed statement that leads back (`writ sign --rollback-from`)")
      ->type_name("FILE");
  verb->add_option("--at", options->at, "judge as at this time instead of now")->type_name("TIME");
  add_examples(*verb, {"writ verify all.writb --key release.pub",
                       "writ verify all.writb --key release.pub --state seen --record"});
  runs(*verb, invocation, [options, &invocation] { return verify(*options, invocation.console); });
}

void declare_inspect(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("inspect", "what is in a bundle, and whether it is to be believed");
  add_file(*verb, *options);
  verb->add_flag("--parts", options->parts, "every tenant, with its size and hash");
  add_format(*verb, options->format);
  add_examples(*verb, {"writ inspect all.writb --key release.pub --parts"});
  runs(*verb, invocation, [options, &invocation] { return inspect(*options, invocation.console); });
}

void declare_apply(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("apply", "lay a delta over the bundle it was made from");
  verb->add_option("BASE", options->base, "the bundle it was made from")->required();
  verb->add_option("DELTA", options->file, "what `writ build --since` wrote")->required();
  verb->add_option("-o,--output", options->output, "the bundle that comes out")->type_name("FILE")->required();
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ apply all.writb delta.writb -o new.writb --key release.pub"});
  runs(*verb, invocation, [options, &invocation] { return apply(*options, invocation.console); });
}

}  // namespace writ::cli
