// `writ publish`: a bundle into a folder that a web server gives out, for services that follow an address.
#include "runtime/bundle/publish.h"

#include "cli/bundles.h"
#include "cli/signing.h"
#include "cli/verb.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Options {
  std::string file, folder;
  std::size_t deltas = 8;
  Believing believing;  // its keys are those that sign, too
};

int publish(const Options& options, Console& console) {
  Signers signers;
  if (const auto wrong = signers.read(options.believing.keys); !wrong.empty()) return fail(console, wrong);
  int code = exit_ok;
  const auto opened = open_bundle(options.file, options.believing, console, code);
  if (!opened) return code;
  if (const auto problem = opened->check_all()) return refuse(console, options.file, problem);
  const auto sign = [&](std::string_view message, std::vector<bundle::Signature>& signatures) {
    return signers.sign(message, signatures);
  };
  bundle::Latest made;
  if (const auto problem = bundle::publish(options.folder, opened, options.deltas, sign, made))
    return refuse(console, options.file, problem);
  console.out(fmt::format("{}/{}.latest: {}, {}, {}\n", safe(options.folder), made.channel, name_of(*opened),
                          counted(made.steps.size(), "delta"),
                          signers.empty() ? "unsigned" : counted(signers.size(), "signature")));
  return exit_ok;
}

}  // namespace

void declare_publish(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("publish", "lay a bundle into a folder that a web server gives out");
  verb->add_option("BUNDLE", options->file, "a bundle")->required();
  verb->add_option("--to", options->folder, "the folder; services follow CHANNEL.latest in it")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("--deltas", options->deltas, "from so many earlier versions; older ones are deleted there")
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--key", options->believing.keys, "sign what the latest is with this private key, in PEM")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--trust", options->believing.trust, "whom to believe about the bundle, beside --key")
      ->type_name("FILE");
  verb->add_flag("--insecure-unsigned", options->believing.accept_unsigned, "take the bundle though nobody signed it");
  add_examples(*verb, {"writ publish all.writb --to public --key release.key"});
  runs(*verb, invocation, [options, &invocation] { return publish(*options, invocation.console); });
}

}  // namespace writ::cli
