#include "cli/bundles.h"

#include "cli/verb.h"
#include "runtime/bundle/delta.h"

#include <chrono>
#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

std::array<char, 8> first_bytes(const std::string& path) {
  std::array<char, 8> bytes{};
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return bytes;  // not to wait for a pipe
  std::ifstream(path, std::ios::binary).read(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

void add_believing(CLI::App& verb, Believing& believing) {
  verb.add_option("--key", believing.keys, "of a bundle: a key to trust, in PEM; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb.add_option("--trust", believing.trust, "of a bundle: the keys to trust and how many must sign ($WRIT_TRUST)")
      ->type_name("FILE");
  verb.add_flag("--insecure-unsigned", believing.accept_unsigned, "of a bundle: take it from whomever it comes");
}

bool begins_as_bundle(const std::string& path) { return first_bytes(path) == bundle::bundle_magic; }
bool begins_as_delta(const std::string& path) { return first_bytes(path) == bundle::delta_magic; }

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int refuse(Console& console, const std::string& path, const bundle::Problem& problem) {
  if (problem.reason == bundle::Reason::unreadable) return fail(console, problem.detail);
  return fail(console, "`" + path + "` is refused: " + text_of(problem), exit_refused);
}

int trust_of(const Believing& believing, Console& console, bundle::Trust& trust) {
  trust.accept_unsigned = believing.accept_unsigned;
  const char* usual = std::getenv("WRIT_TRUST");
  const bool from_environment = believing.trust.empty() && believing.keys.empty() && usual != nullptr && *usual != '\0';
  const std::string file = from_environment ? usual : believing.trust;
  if (!file.empty())
    if (const auto problem = bundle::read_trust(file, trust)) return fail(console, problem.detail, exit_refused);
  for (const std::string& path : believing.keys) {
    bundle::TrustedKey key;
    if (const auto problem = bundle::read_key(path, key.key)) return fail(console, problem.detail, exit_refused);
    trust.keys.push_back(std::move(key));
  }
  return exit_ok;
}

std::shared_ptr<const bundle::Bundle> open_bundle(const std::string& path, const Believing& believing, Console& console,
                                                  int& code) {
  bundle::Trust trust;
  if (code = trust_of(believing, console, trust); code != exit_ok) return nullptr;
  bundle::Problem problem;
  auto opened = bundle::Bundle::open(path, problem);
  if (opened) problem = bundle::judge(*opened, trust, now_micros());
  if (problem) {
    if (problem.reason == bundle::Reason::untrusted_key && trust.keys.empty())
      problem.detail = "no key is trusted here; say by --key or --trust whom to believe";
    if (problem.reason == bundle::Reason::is_unsigned)
      problem.detail += "; `writ sign` does, and --insecure-unsigned takes it as it is";
    code = refuse(console, path, problem);
    return nullptr;
  }
  return opened;
}

std::string short_hash(const bundle::Digest& digest) { return to_hex(std::span(digest).first(8)); }

std::string name_of(const bundle::Bundle& bundle) {
  return fmt::format("version {} of channel {} ({})", bundle.manifest().version, bundle.manifest().channel,
                     short_hash(bundle.root()));
}

}  // namespace writ::cli
