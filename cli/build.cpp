// `writ build`: a policy set as one file that a service maps, signed; whole, or what changed since an older one.
#include "compiler/build/build.h"

#include "cli/bundles.h"
#include "cli/files.h"
#include "cli/pipeline.h"
#include "cli/signing.h"
#include "cli/verb.h"
#include "runtime/bundle/delta.h"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

using bundle::Bundle;
using Older = std::shared_ptr<const Bundle>;

// Numbers past it are not the same in every reader of JSON.
constexpr std::uint64_t last_version = (std::uint64_t{1} << 53) - 1;

struct Options {
  std::string policy, output, since, channel, not_before, expires, minimum_engine;
  std::uint64_t version = 0;
  bool anew = false;
  Believing believing;  // its keys are those that sign, too
};

// A moment, or as long from now.
std::optional<std::int64_t> moment(const std::string& text) {
  if (const auto time = parse_time(text)) return time;
  if (const auto duration = parse_duration(text); duration && *duration > 0) return now_micros() + *duration;
  return std::nullopt;
}

// What is there and would not be missed: nothing, or what was built before.
bool may_replace(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed) || std::filesystem::file_size(path, failed) == 0) return true;
  return begins_as_bundle(path) || begins_as_delta(path);
}

std::string fill_in(const Options& options, const Older& older, bundle::Manifest& manifest) {
  manifest.made_by = "writ " WRIT_VERSION;
  manifest.minimum_engine = bundle::this_engine();
  if (older) manifest.channel = older->manifest().channel, manifest.previous = older->manifest().version;
  if (!options.channel.empty()) manifest.channel = options.channel;
  if (!bundle::is_channel(manifest.channel))
    return fmt::format("`{}` is no name of a channel: letters, digits, `.`, `_` and `-`, at most {}", manifest.channel,
                       bundle::max_channel);
  if (options.version == 0 && manifest.previous >= last_version)
    return fmt::format("there is no version after {}", manifest.previous);
  manifest.version = options.version != 0 ? options.version : manifest.previous + 1;
  if (older && manifest.channel == older->manifest().channel && manifest.version <= manifest.previous)
    return fmt::format("version {} is not later than {}, which it would follow", manifest.version, manifest.previous);
  for (const auto& [text, time] :
       {std::pair(&options.not_before, &manifest.not_before), std::pair(&options.expires, &manifest.expires)}) {
    if (text->empty()) continue;
    const auto told = moment(*text);
    if (!told) return fmt::format("`{}` is no time: 2027-01-31T00:00Z, or 30d from now", *text);
    *time = *told;
  }
  if (manifest.not_before >= manifest.expires) return "it would expire before it may be used";
  if (options.minimum_engine.empty()) return {};
  const auto engine = bundle::parse_engine_version(options.minimum_engine);
  if (!engine) return fmt::format("`{}` is no version of writ: 0.1.0", options.minimum_engine);
  manifest.minimum_engine = *engine;
  return {};
}

// The bundle that was built last, where it can be believed. A cache that cannot be is none, and that is said.
Older cache_of(const Options& options, Console& console) {
  std::error_code failed;
  if (options.anew || !std::filesystem::exists(options.output, failed) || !begins_as_bundle(options.output))
    return nullptr;
  bundle::Trust trust;
  if (trust_of(options.believing, console, trust) != exit_ok) return nullptr;
  bundle::Problem problem;
  auto opened = Bundle::open(options.output, problem);
  if (opened)
    problem =
        bundle::judge(*opened, trust,
                      std::max(opened->manifest().not_before, std::min(now_micros(), opened->manifest().expires - 1)));
  if (!problem) return opened;
  console.err(fmt::format("writ: nothing is taken from `{}`, and its version is not looked at: {}\n",
                          safe(options.output), safe(text_of(problem))));
  return nullptr;
}

int build_bundle(const Options& options, Console& console) {
  if (!may_replace(options.output))
    return fail(console,
                fmt::format("`{}` is there and is no bundle; it stays as it is, write to another file", options.output),
                exit_usage);
  Signers signers;
  if (const auto wrong = signers.read(options.believing.keys); !wrong.empty()) return fail(console, wrong);
  Older older;
  if (!options.since.empty()) {
    int code = exit_ok;
    older = open_bundle(options.since, options.believing, console, code);
    if (!older) return code;
  } else {
    older = cache_of(options, console);
  }
  bundle::Manifest manifest;
  if (const auto wrong = fill_in(options, older, manifest); !wrong.empty()) return fail(console, wrong, exit_usage);

  BuildOptions how;
  how.known = options.anew ? nullptr : older;
  Built built;
  {
    Progress progress(console, "compiling tenants:");
    how.progress = [&](std::size_t done, std::size_t of) { progress.reach(done, of, 1, "tenants"); };
    built = build_policy(options.policy, how);
  }
  Pipeline told;
  told.loaded = std::move(built.loaded);
  if (!told.loaded.diagnostics.empty()) console.err(render(told, Format::pretty, console.colored_err()));
  if (told.loaded.diagnostics.has_errors()) return exit_policy_errors;
  if (built.not_kept && options.since.empty())
    console.err("writ: nothing is taken from `" + safe(options.output) + "`: " + safe(text_of(built.not_kept)) + "\n");
  if (built.not_kept && !options.since.empty()) return refuse(console, options.since, built.not_kept);
  manifest.interface = built.interface;
  const auto sign = [&](const bundle::Digest& root, std::vector<bundle::Signature>& signatures) {
    return signers.sign(bundle::bundle_message(root), signatures);
  };

  bundle::Problem problem;
  if (options.since.empty()) {
    problem = bundle::write_file(options.output, built.builder->pieces(manifest), sign);
  } else {
    const auto whole = std::make_shared<std::vector<std::byte>>();
    bundle::Digest root{};
    problem = bundle::write(
        built.builder->pieces(manifest),
        [&](std::span<const std::byte> more) { whole->insert(whole->end(), more.begin(), more.end()); }, &root);
    std::vector<bundle::Signature> signatures;
    if (!problem) problem = sign(root, signatures);
    const auto end = bundle::signature_bytes(signatures);
    whole->insert(whole->end(), end.begin(), end.end());
    const auto to = problem ? nullptr : Bundle::open(*whole, whole, problem);
    if (to) {
      const auto delta = bundle::make_delta(*older, *to);
      if (const auto wrong = write_file(options.output, {reinterpret_cast<const char*>(delta.data()), delta.size()});
          !wrong.empty())
        return fail(console, wrong);
    }
  }
  if (problem) return fail(console, problem.detail);
  if (!built.not_asked.empty())
    console.err("writ: it carries no questions of its tests: " + safe(built.not_asked) + "\n");
  console.out(fmt::format(
      "{}{}: version {} of channel {}, {} ({} compiled, {}{} kept), {}\n", safe(options.output),
      options.since.empty() ? "" : " (a delta)", manifest.version, manifest.channel,
      counted(built.compiled + built.pieced + built.kept, "tenant"), built.compiled,
      built.pieced == 0 ? ""
                        : fmt::format("{} in part: {}, ", built.pieced, counted(built.organizations, "organization")),
      built.kept, signers.empty() ? "unsigned" : counted(signers.size(), "signature")));
  return exit_ok;
}

}  // namespace

void declare_build(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("build", "compile a policy into one file, signed, for services to map");
  verb->add_option("POLICY", options->policy, "a file, a folder, or - for standard input")->required();
  verb->add_option("-o,--output", options->output, "the bundle to write; what is there serves as a cache")
      ->type_name("FILE")
      ->required();
  verb->add_option("--since", options->since, "write a delta: what changed since this bundle")->type_name("BUNDLE");
  verb->add_option("--key", options->believing.keys, "sign with this private key, in PEM; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--trust", options->believing.trust, "whom to believe about the older bundle, beside --key")
      ->type_name("FILE");
  verb->add_flag("--insecure-unsigned", options->believing.accept_unsigned,
                 "take the older bundle though nobody signed it");
  verb->add_option("--channel", options->channel, "the series of versions it belongs to")
      ->type_name("NAME")
      ->default_str("default");
  verb->add_option("--version", options->version,
                   "its number in that series; without it one more than the older bundle's")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, last_version).description(""));
  verb->add_option("--not-before", options->not_before, "when it may serve from: a time, or a duration from now")
      ->type_name("TIME");
  verb->add_option("--expires", options->expires, "when it serves no more: a time, or a duration from now")
      ->type_name("TIME");
  verb->add_option("--minimum-engine", options->minimum_engine, "the oldest writ that may read it")
      ->type_name("VERSION");
  verb->add_flag("--anew", options->anew, "compile every tenant, whatever is known");
  add_examples(*verb, {"writ keygen release", "writ build my-policy -o all.writb --key release.key --expires 30d",
                       "writ build my-policy --since all.writb -o delta.writb --key release.key"});
  runs(*verb, invocation, [options, &invocation] { return build_bundle(*options, invocation.console); });
}

}  // namespace writ::cli
