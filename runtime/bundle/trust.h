// Whether a bundle may serve: signed by enough of the keys that are trusted, for the tenants they may speak for, in its time, for this engine, and
// not older than what was seen before. Nothing of a bundle is believed before this says so.
//
// The keys are a file of lines:
//
//     threshold 2
//     channel production
//     key release.pem
//     key ops.pem
//     key acme.pem for acme acme-test
//
// A part needs `threshold` signatures of keys that may speak for its tenant; a key without `for` speaks for all. Paths are beside the file.
#pragma once

#include "runtime/bundle/keys.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bundle {

struct TrustedKey {
  PublicKey key;
  std::vector<std::string> tenants;  // empty: all
  bool speaks_for(std::string_view tenant) const;
};
struct Trust {
  std::vector<TrustedKey> keys;
  std::size_t threshold = 1;
  std::string channel;           // empty: any
  bool accept_unsigned = false;  // then signatures are not looked at
};
// Adds what the file says.
Problem read_trust(const std::string& path, Trust& trust);
Problem read_key(const std::string& path, PublicKey& key);

// The only way back: signed words that the bundle of that root may follow a later one, once. It is of no use after any later version was seen.
//
//     writ rollback 1
//     channel production
//     from 43
//     to 41
//     root 5d0c…
//     sign 9f31… 8a77…
struct Rollback {
  std::string channel;
  std::uint64_t from = 0, to = 0;
  Digest root{};
  std::vector<Signature> signatures;
  std::string message() const;  // what is signed
};
std::string to_text(const Rollback& rollback);
Problem read_rollback(std::string_view text, Rollback& rollback);

// What was seen of a channel. After a rollback the highest version stays, so that what was gone back from does not come again.
struct Seen {
  std::string channel;
  std::uint64_t highest = 0;  // and its root:
  Digest root{};
  std::optional<std::uint64_t> back_to;  // by a rollback from `highest`
  Digest back_root{};
  bool operator==(const Seen&) const = default;
};

// Micros since 1970, to the few milliseconds that matter here, without asking the kernel.
std::int64_t system_clock_now();
// Signatures, scopes, channel, time, engine, vocabulary. `now`: micros since 1970.
Problem judge(const Bundle& bundle, const Trust& trust, std::int64_t now);
// What is said of a whole platform, signed by enough keys that may speak for all its tenants.
Problem judge_statement(std::string_view message, const std::vector<Signature>& signatures, const Trust& trust);
// And against what was seen; gives in `seen` what will have been.
Problem judge_version(const Bundle& bundle, const Trust& trust, const std::optional<Rollback>& rollback,
                      std::optional<Seen>& seen);

// The file of what was seen. It is locked while it is read and written, so that two processes cannot lose a version to one another; a file that is
// damaged refuses and is never taken for an empty one; a new one replaces it whole, on disk before this returns.
class State {
 public:
  // Waits for whoever has it. The file need not be there.
  Problem open(const std::string& path);
  ~State();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::optional<Seen> seen(std::string_view channel) const;
  Problem record(const Seen& seen);

 private:
  std::string path_;
  int lock_ = -1;
  std::vector<Seen> all_;
};
std::string to_text(const std::vector<Seen>& all);
Problem read_state(std::string_view text, std::vector<Seen>& all);

}  // namespace writ::bundle
