// The floor: what the platform's block and the top level hold for every tenant. Read once; every tenant's scope ends in `global`.
#pragma once

#include "compiler/check/declarations.h"

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace writ::check {

// A password policy and what its words mean.
struct PasswordSource {
  const tree::Tree* tree = nullptr;
  const tree::PasswordDecl* password = nullptr;
  const Scope* scope = nullptr;
  std::string origin;  // "platform floor baseline", "acme password strong"
};

struct Platform {
  Scope global;               // top-level lets, the platform's lets and zones, attributes, obligations
  Scope floor;                // the platform's block
  std::deque<Scope> files;    // one for each file with top-level lets or obligations; outwards `global`
  std::vector<Block> blocks;  // of the platform: one, or an error
  std::map<std::string, const tree::ObligationDecl*, std::less<>> obligations;
  std::map<std::string, const Scope*, std::less<>> obligation_scopes;
  std::map<std::string, PasswordSource, std::less<>> passwords;
  std::vector<program::Lockout> lockouts;
  program::Session session;
  std::size_t database_connections = 50;
  Span limit;  // where that is written
  std::map<std::string, TenantAttribute, std::less<>>
      any_attributes;                   // of no tenant in particular: right types, whichever values
  std::vector<std::string> client_ids;  // wire ids, parallel to Declarations::clients
  std::unordered_map<std::string, std::uint32_t> client_by_id;
  Spent spent;  // on the floor, and on proofs of no tenant

  Platform() = default;
  Platform(const Platform&) = delete;  // scopes point at one another
  Platform& operator=(const Platform&) = delete;
};

void read_platform(Run& run, const Declarations& set, Platform& platform);
// The rules, lets and obligations of the platform, the top level and the shared clients, by themselves: they must be right even
// where no tenant is.
void check_platform(Run& run, const Declarations& set, const Platform& platform);

// ---------------------------------------------------------------- settings that several blocks have (settings.cpp)

void read_lockouts(Run& run, const Block& block, std::int32_t connection, std::vector<program::Lockout>& lockouts);
void tighten(Run& run, const Block& block, program::Session& session);  // the strictest wins
bool in_range(Run& run, Span span, std::string_view what, std::int64_t value, std::int64_t low, std::int64_t high);
bool positive_duration(Run& run, Span span, std::string_view what, std::int64_t micros);

// ---------------------------------------------------------------- clients (clients.cpp)

// What a client says of itself, without its connections.
void read_client_body(Run& run, const Block& block, const tree::ClientDecl& client, program::ClientRecord& record);

// ---------------------------------------------------------------- words: lets, zones, obligations (words.cpp)

void declare_platform_words(Run& run, const Declarations& set, Platform& platform);
void check_platform_words(Run& run, const Platform& platform, const Scope& nobody);
void declare_lets(Run& run, const Block& block, Scope& into);
void declare_zones(Run& run, const Block& block, const Scope* above, Scope& into);
bool may_declare_obligation(Run& run, const tree::ObligationDecl& obligation);

// ---------------------------------------------------------------- rules (rules.cpp)

ActionMask actions_of(Run& run, const tree::Rule& rule);
// From `texts`, where it is put when it is asked for the first time.
const RuleText& text_of(std::unordered_map<const tree::Rule*, RuleText>& texts, const tree::Tree& tree,
                        const tree::Rule& rule);
// Checks the rules of a floor block once, without a tenant; an `allow` is refused.
void check_floor_rules(Run& run, const Block& block, const Place& place, std::string_view floor);
// `owner/key` of each rule seen so far, with its text, place and words: two rules of one id, one text and one scope are one.
struct SeenRule {
  std::string_view text;
  Span span;
  const Scope* scope = nullptr;
  std::size_t index = 0;  // among the tenant's rules
};
using SeenRules = std::unordered_map<std::string, SeenRule>;
Diagnostic& two_of_one_id(Run& run, const SeenRule& first, const RuleText& text, const tree::Rule& rule,
                          std::string_view how);

}  // namespace writ::check
