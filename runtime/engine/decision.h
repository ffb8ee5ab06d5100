// What an engine answers: the decision itself, and what people, logs and login pages read of it.
#pragma once

#include "runtime/interpret/trace.h"
#include "runtime/program/program.h"
#include "runtime/program/vocabulary.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace writ {

// What decided: 64 bytes, trivially copyable. Masks are by place in the program's lists, which are sorted by rule id and entry text; rules
// past 128 and entries past 64 are in no mask (`wide`), and Engine::reasons evaluates again for them.
struct Decision {
  Effect effect = Effect::deny;
  Fault fault = Fault::not_ready;
  Because because = Because::fault;
  Effect would_be = Effect::deny;
  bool wide = false;
  bool local_counters = false;  // of an attempt: its store was away, and the counters of this process alone were asked
  std::uint8_t reserved[2] = {};
  std::array<std::uint64_t, program::mask_rules / 64> fired{};  // every rule that fired, report rules too
  std::uint64_t unsatisfied = 0;  // entries of the challenge; empty unless effect is challenge
  std::uint64_t revision = 0;     // first 8 bytes of the part's hash
  std::uint64_t version = 0;
  std::uint64_t reserved_words[2] = {};
};
static_assert(sizeof(Decision) == 64 && std::is_trivially_copyable_v<Decision>);

// A decision with names: what people and logs read.
struct Reason {
  std::string id, name, text, place, message, note;
  RuleEffect effect{};
};
struct Explanation {
  Effect effect{}, would_be{};
  Fault fault{};
  Because because{};
  std::string
      detail;  // a fault: which fact or name, in words; else why there are no reasons, when the bundle cannot be read any more
  std::vector<Reason> reasons, reports;  // sorted by id
  std::vector<std::string> obligations;  // of a challenge, sorted
  program::Session session;              // of an allow
  std::string revision;                  // hex
  std::uint64_t version = 0;
};

struct TraceEntry {
  std::string id, place, text;
  RuleEffect effect{};
  bool report = false, fired = false;
  std::vector<Leaf> leaves;                                // those evaluated, left to right; the last decided
  std::vector<std::pair<std::string, bool>> alternatives;  // of a require that fired
  std::string message, note;                               // as in Reason; `text` has neither
};

// What the login page may offer.
struct Offer {
  struct Connection {
    std::string id, name;
    std::uint8_t strategy = 0;
  };
  Fault fault = Fault::none;
  std::vector<Connection> connections;    // in the client's order
  std::optional<std::string> home_realm;  // wire id of the connection the e-mail's domain leads to
};

}  // namespace writ
