// Judging. The order is from what is cheap and tells most to what is dear; whatever the order, all of it must hold.
#include "runtime/bundle/trust.h"

#include "runtime/bundle/words.h"

#include <algorithm>
#include <filesystem>

#include <time.h>

namespace writ::bundle {

namespace {

std::string key_text(const Digest& kid) { return to_hex(std::span(kid).first(8)); }

// The trusted keys whose signatures of `message` hold. One that is there and does not hold refuses: whoever changed it is at work.
Problem signers_of(std::string_view message, const std::vector<Signature>& signatures, const Trust& trust,
                   std::vector<const TrustedKey*>& signers) {
  if (signatures.empty()) return {Reason::is_unsigned, "nobody signed it"};
  for (const auto& trusted : trust.keys) {
    const auto found = std::ranges::find(signatures, trusted.key.kid(), &Signature::kid);
    const bool known =
        std::ranges::any_of(signers, [&](const auto* one) { return one->key.kid() == trusted.key.kid(); });
    if (found == signatures.end() || known) continue;
    if (!trusted.key.holds(message, found->bytes))
      return {Reason::bad_signature, "the signature of key " + key_text(found->kid) + " does not hold"};
    signers.push_back(&trusted);
  }
  if (signers.empty())
    return {Reason::untrusted_key,
            "none of its signatures is of a trusted key; the first is of key " + key_text(signatures.front().kid)};
  if (signers.size() < trust.threshold)
    return {Reason::too_few_signatures, std::to_string(signers.size()) + " of " + std::to_string(trust.threshold) +
                                            " signatures by trusted keys are there"};
  return {};
}

Problem signatures_hold(const Bundle& bundle, const Trust& trust) {
  if (trust.threshold == 0) return {Reason::untrusted_key, "a threshold of 0 would trust anybody"};
  std::vector<const TrustedKey*> signers;
  if (auto problem = signers_of(bundle_message(bundle.root()), bundle.signatures(), trust, signers)) return problem;
  const auto for_all = std::ranges::count_if(signers, [](const auto* one) { return one->tenants.empty(); });
  if (static_cast<std::size_t>(for_all) >= trust.threshold) return {};
  for (std::size_t i = 0; i < bundle.size(); ++i) {
    const auto id = bundle.id(i);
    const auto who = std::ranges::count_if(signers, [&](const auto* one) { return one->speaks_for(id); });
    if (static_cast<std::size_t>(who) < trust.threshold)
      return {Reason::wrong_scope, "it holds tenant `" + std::string(id) + "`, and " + std::to_string(who) + " of " +
                                       std::to_string(trust.threshold) + " of its signers may speak for that one"};
  }
  return {};
}

std::string version_text(const Bundle& bundle) {
  return "version " + std::to_string(bundle.manifest().version) + " of channel " + bundle.manifest().channel;
}

bool may_go_back(const Bundle& bundle, const Trust& trust, const Rollback& rollback, const Seen& seen,
                 Problem& problem) {
  const auto refuse = [&](std::string why) {
    problem = {Reason::bad_rollback, std::move(why)};
    return false;
  };
  const auto& manifest = bundle.manifest();
  if (!trust.accept_unsigned)
    if (const auto wrong = judge_statement(rollback.message(), rollback.signatures, trust))
      return refuse(text_of(wrong));
  if (rollback.channel != manifest.channel) return refuse("it is for channel " + rollback.channel);
  if (rollback.to != manifest.version || rollback.root != bundle.root())
    return refuse("it goes back to version " + std::to_string(rollback.to) + ", which is another bundle");
  if (rollback.from != seen.highest)
    return refuse("it goes back from version " + std::to_string(rollback.from) + ", and the latest seen is " +
                  std::to_string(seen.highest));
  return true;
}

}  // namespace

std::int64_t system_clock_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

Problem judge_statement(std::string_view message, const std::vector<Signature>& signatures, const Trust& trust) {
  if (trust.threshold == 0) return {Reason::untrusted_key, "a threshold of 0 would trust anybody"};
  std::vector<const TrustedKey*> signers;
  Trust for_all = trust;
  std::erase_if(for_all.keys, [](const TrustedKey& one) { return !one.tenants.empty(); });
  return signers_of(message, signatures, for_all, signers);
}

bool TrustedKey::speaks_for(std::string_view tenant) const {
  return tenants.empty() || std::ranges::find(tenants, tenant) != tenants.end();
}

Problem judge(const Bundle& bundle, const Trust& trust, std::int64_t now) {
  const auto& manifest = bundle.manifest();
  if (!trust.accept_unsigned)
    if (auto problem = signatures_hold(bundle, trust)) return problem;
  if (!trust.channel.empty() && manifest.channel != trust.channel)
    return {Reason::wrong_channel, "it is of channel " + manifest.channel + " and not of " + trust.channel};
  if (this_engine() < manifest.minimum_engine)
    return {Reason::engine_too_old,
            "it asks for writ " + to_text(manifest.minimum_engine) + " and this is " + to_text(this_engine())};
  if (manifest.vocabulary != vocabulary())
    return {Reason::other_vocabulary, "it was compiled by " + manifest.made_by +
                                          " for other facts or ops than this engine knows; build it again"};
  if (now < manifest.not_before)
    return {Reason::not_yet_valid, "it is not to be used before " + time_to_text(manifest.not_before)};
  if (now >= manifest.expires) return {Reason::expired, "it was to be used until " + time_to_text(manifest.expires)};
  return {};
}

Problem judge_version(const Bundle& bundle, const Trust& trust, const std::optional<Rollback>& rollback,
                      std::optional<Seen>& seen) {
  const auto& manifest = bundle.manifest();
  const auto forward = [&] { seen = Seen{manifest.channel, manifest.version, bundle.root(), std::nullopt, {}}; };
  if (!seen || manifest.version > seen->highest) return forward(), Problem{};
  if (manifest.version == seen->highest && !seen->back_to) {
    if (bundle.root() == seen->root) return {};
    return {Reason::version_reused, version_text(bundle) + " was another bundle when it was seen first"};
  }
  if (seen->back_to == manifest.version && seen->back_root == bundle.root()) return {};
  const auto lower =
      Problem{Reason::lower_version,
              version_text(bundle) + " is " +
                  (seen->back_to ? "not the one that was gone back to, version " + std::to_string(*seen->back_to)
                                 : "older than the latest seen, " + std::to_string(seen->highest)) +
                  "; only a signed rollback leads there"};
  if (!rollback || manifest.version == seen->highest) return lower;
  Problem problem;
  if (!may_go_back(bundle, trust, *rollback, *seen, problem)) return problem;
  seen->back_to = manifest.version;
  seen->back_root = bundle.root();
  return {};
}

// ---------------------------------------------------------------- files of lines

Problem read_key(const std::string& path, PublicKey& key) {
  std::string text;
  if (auto problem = read_text(path, text)) return problem;
  if (const auto wrong = key.read(text); !wrong.empty()) return {Reason::unreadable, "`" + path + "`: " + wrong};
  return {};
}

Problem read_trust(const std::string& path, Trust& trust) {
  std::string text;
  if (auto problem = read_text(path, text)) return problem;
  std::size_t number = 0;
  for (const auto& line : lines_of(text)) {
    const auto words = words_of(line);
    const auto wrong = [&](const std::string& what) {
      return Problem{Reason::unreadable, "`" + path + "`, line " + std::to_string(number) + ": " + what};
    };
    ++number;
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "threshold" && words.size() == 2) {
      const auto count = number_of(words[1]);
      if (!count || *count == 0 || *count > Limits().signatures) return wrong("a threshold is a number from 1 to 64");
      trust.threshold = *count;
    } else if (words[0] == "channel" && words.size() == 2 && is_channel(words[1])) {
      trust.channel = words[1];
    } else if (words[0] == "key" && (words.size() == 2 || (words.size() > 3 && words[2] == "for"))) {
      TrustedKey key;
      if (auto problem = read_key((std::filesystem::path(path).parent_path() / words[1]).string(), key.key))
        return problem;
      for (std::size_t i = 3; i < words.size(); ++i) key.tenants.emplace_back(words[i]);
      trust.keys.push_back(std::move(key));
    } else {
      return wrong("lines are `key FILE`, `key FILE for TENANT…`, `threshold N` and `channel NAME`");
    }
  }
  return {};
}

std::string Rollback::message() const {
  return "writ rollback 1\nchannel " + channel + "\nfrom " + std::to_string(from) + "\nto " + std::to_string(to) +
         "\nroot " + to_hex(root) + "\n";
}

std::string to_text(const Rollback& rollback) {
  auto text = rollback.message();
  for (const auto& one : rollback.signatures) text += "sign " + to_hex(one.kid) + " " + to_hex(one.bytes) + "\n";
  return text;
}

Problem read_rollback(std::string_view text, Rollback& rollback) {
  Rollback read;
  for (const auto& line : lines_of(text)) {
    const auto words = words_of(line);
    if (words.size() == 3 && words[0] == "sign") {
      Signature one;
      if (!from_hex(words[1], one.kid) || !from_hex(words[2], one.bytes) ||
          read.signatures.size() == Limits().signatures)
        return {Reason::bad_rollback, "a signature of it is none"};
      read.signatures.push_back(std::move(one));
    } else if (words.size() == 2 && words[0] == "channel") {
      read.channel = words[1];
    } else if (words.size() == 2 && words[0] == "from") {
      read.from = number_of(words[1]).value_or(0);
    } else if (words.size() == 2 && words[0] == "to") {
      read.to = number_of(words[1]).value_or(0);
    } else if (words.size() == 2 && words[0] == "root") {
      from_hex(words[1], read.root);
    }
  }
  // One way to write it: what is read again as the same is what was meant.
  if (to_text(read) != text || !is_channel(read.channel))
    return {Reason::bad_rollback, "it is no statement of a rollback"};
  rollback = std::move(read);
  return {};
}

}  // namespace writ::bundle
