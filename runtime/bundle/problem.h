// Why a bundle, a delta or a statement is refused. The names are for people, logs and scripts, and stay.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace writ::bundle {

enum class Reason : std::uint8_t {
  none,
  unreadable,    // the system does not give it, or what keys, trust and state are read from is not what it should be
  not_a_bundle,  // it begins like nothing of ours
  unsupported_format,  // a later format
  too_large,           // past a limit of the reader
  truncated,           // it ends before what it says it holds
  malformed,           // its parts do not lie where they must
  damaged,             // a hash is not that of what it names
  other_vocabulary,    // made for other facts or ops than this engine knows
  engine_too_old,
  is_unsigned,
  untrusted_key,
  bad_signature,
  too_few_signatures,
  wrong_scope,  // a tenant that too few of its signers may speak for
  wrong_channel,
  not_yet_valid,
  expired,
  lower_version,
  version_reused,  // the version was another bundle's
  wrong_base,      // a delta from another bundle
  missing_part,
  missing_shape,
  bad_rollback,
  bad_state,    // the file of the highest version seen
  test_failed,  // a question that it carries is decided otherwise than it says
};
inline constexpr std::array<std::string_view, 26> reason_names = {
    "none",          "unreadable",    "not_a_bundle",  "unsupported_format", "too_large",
    "truncated",     "malformed",     "damaged",       "other_vocabulary",   "engine_too_old",
    "is_unsigned",   "untrusted_key", "bad_signature", "too_few_signatures", "wrong_scope",
    "wrong_channel", "not_yet_valid", "expired",       "lower_version",      "version_reused",
    "wrong_base",    "missing_part",  "missing_shape", "bad_rollback",       "bad_state",
    "test_failed"};

struct Problem {
  Reason reason = Reason::none;
  std::string detail;
  explicit operator bool() const { return reason != Reason::none; }
};
inline std::string_view name_of(Reason reason) { return reason_names[static_cast<std::size_t>(reason)]; }
inline std::string text_of(const Problem& problem) {
  return std::string(name_of(problem.reason)) + ": " + problem.detail;
}

}  // namespace writ::bundle
