// `writ keygen` and `writ sign`: keys, and signatures under bundles, deltas and statements of a rollback.
#include "cli/bundles.h"
#include "cli/files.h"
#include "cli/signing.h"
#include "cli/verb.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/words.h"
#include "runtime/password/mapped.h"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

namespace writ::cli {

using bundle::Bundle;
using bundle::Problem;

std::string Signers::read(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::string text;
    if (const auto problem = bundle::read_text(path, text)) return problem.detail;
    bundle::PrivateKey key;
    if (const auto wrong = key.read(text); !wrong.empty()) return fmt::format("`{}`: {}", path, wrong);
    const bool twice =
        std::ranges::any_of(keys_, [&](const auto& one) { return one.public_key().kid() == key.public_key().kid(); });
    if (!twice) keys_.push_back(std::move(key));
  }
  return {};
}

Problem Signers::sign(std::string_view message, std::vector<bundle::Signature>& signatures) const {
  for (const auto& key : keys_) {
    auto made = key.sign(message);
    if (!made) return {bundle::Reason::unreadable, "OpenSSL does not sign"};
    std::erase_if(signatures, [&](const auto& one) { return one.kid == made->kid; });
    signatures.push_back(std::move(*made));
  }
  return {};
}

namespace {

struct KeyOptions {
  std::string name;
  bundle::Algorithm algorithm = bundle::Algorithm::ed25519;
};

int keygen(const KeyOptions& options, Console& console) {
  const auto key = bundle::PrivateKey::generate(options.algorithm);
  if (!key) return fail(console, "OpenSSL does not make a key");
  const auto mask = ::umask(0077);  // nobody else reads a private key
  auto wrong = create_file(options.name + ".key", key->pem());
  ::umask(mask);
  if (wrong.empty()) wrong = create_file(options.name + ".pub", key->public_key().pem());
  if (!wrong.empty()) return fail(console, wrong);
  console.out(fmt::format("{0}.key signs, {0}.pub is to be trusted: {1} {2}\n", safe(options.name),
                          bundle::algorithm_names[static_cast<std::size_t>(options.algorithm)],
                          to_hex(key->public_key().kid())));
  return exit_ok;
}

struct SignOptions {
  std::string file, base, output;
  std::vector<std::string> keys;
  std::uint64_t rollback_from = 0;
};

// Nobody signs what is not whole.
std::shared_ptr<const Bundle> whole(const std::string& path, Problem& problem) {
  auto opened = Bundle::open(path, problem);
  if (opened) problem = opened->check_all();
  return problem ? nullptr : opened;
}

int sign_delta(const SignOptions& options, const Signers& signers, Console& console) {
  if (options.base.empty())
    return fail(console, "what is signed is the bundle that comes out of a delta: say by --base what it is laid over",
                exit_usage);
  Problem problem;
  const auto base = whole(options.base, problem);
  if (!base) return refuse(console, options.base, problem);
  password::Mapped file;
  if (const auto wrong = file.open(options.file); !wrong.empty())
    return fail(console, fmt::format("cannot read `{}`: {}", options.file, wrong));
  const auto bytes = std::as_bytes(file.bytes());
  const auto out = bundle::apply(*base, bytes, problem);
  if (out) problem = out->check_all();
  if (problem) return refuse(console, options.file, problem);
  auto signatures = out->signatures();
  if ((problem = signers.sign(bundle::bundle_message(out->root()), signatures))) return fail(console, problem.detail);
  const auto made = bundle::with_signatures(bytes, signatures);
  if (const auto wrong = write_file(options.output, {reinterpret_cast<const char*>(made.data()), made.size()});
      !wrong.empty())
    return fail(console, wrong);
  console.out(fmt::format("{}: a delta to {}, {}\n", safe(options.output), name_of(*out),
                          counted(signatures.size(), "signature")));
  return exit_ok;
}

int sign(SignOptions options, Console& console) {
  if (options.output.empty()) options.output = options.file;
  Signers signers;
  if (const auto wrong = signers.read(options.keys); !wrong.empty()) return fail(console, wrong);
  if (begins_as_delta(options.file)) return sign_delta(options, signers, console);
  Problem problem;
  const auto opened = whole(options.file, problem);
  if (!opened) return refuse(console, options.file, problem);
  if (options.rollback_from != 0) {
    bundle::Rollback back{
        opened->manifest().channel, options.rollback_from, opened->manifest().version, opened->root(), {}};
    if (options.output == options.file) return fail(console, "say by -o where the statement goes", exit_usage);
    if (back.from <= back.to)
      return fail(console, fmt::format("version {} is not older than {}: nothing needs a rollback", back.to, back.from),
                  exit_usage);
    if ((problem = signers.sign(back.message(), back.signatures))) return fail(console, problem.detail);
    if (const auto wrong = write_file(options.output, to_text(back)); !wrong.empty()) return fail(console, wrong);
    console.out(fmt::format("{}: from version {} back to {}\n", safe(options.output), back.from, name_of(*opened)));
    return exit_ok;
  }
  auto signatures = opened->signatures();
  if ((problem = signers.sign(bundle::bundle_message(opened->root()), signatures)))
    return fail(console, problem.detail);
  if ((problem = bundle::write_file(options.output, opened->body(), signatures))) return fail(console, problem.detail);
  console.out(
      fmt::format("{}: {}, {}\n", safe(options.output), name_of(*opened), counted(signatures.size(), "signature")));
  return exit_ok;
}

}  // namespace

void declare_keygen(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<KeyOptions>();
  static const std::map<std::string, bundle::Algorithm> algorithms = {{"ed25519", bundle::Algorithm::ed25519},
                                                                      {"ecdsa-p256", bundle::Algorithm::ecdsa_p256}};
  CLI::App* verb = app.add_subcommand("keygen", "make a pair of keys for signing bundles");
  verb->add_option("NAME", options->name, "writes NAME.key, which signs, and NAME.pub, which is trusted")->required();
  verb->add_option("--algorithm", options->algorithm, "ed25519 or ecdsa-p256")
      ->type_name("NAME")
      ->transform(CLI::Transformer(algorithms).description(""))
      ->default_str("ed25519");
  add_examples(*verb, {"writ keygen release"});
  runs(*verb, invocation, [options, &invocation] { return keygen(*options, invocation.console); });
}

void declare_sign(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App* verb = app.add_subcommand("sign", "sign a bundle, a delta, or the way back to an older bundle");
  verb->add_option("FILE", options->file, "a bundle or a delta; its other signatures stay")->required();
  verb->add_option("--key", options->keys, "a private key, in PEM; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  verb->add_option("-o,--output", options->output, "where the signed one goes; without it, in its place")
      ->type_name("FILE");
  verb->add_option("--base", options->base, "of a delta: the bundle it is laid over")->type_name("BUNDLE");
  verb->add_option("--rollback-from", options->rollback_from,
                   "sign that this bundle may follow that later version, once")
      ->type_name("N");
  add_examples(*verb, {"writ sign all.writb --key release.key",
                       "writ sign old.writb --rollback-from 43 --key release.key -o back.writr"});
  runs(*verb, invocation, [options, &invocation] { return sign(*options, invocation.console); });
}

}  // namespace writ::cli
