// A tenant on its way into Writ: what every source is brought into, and what the text is written from. Nothing here is Auth0's
// or Keycloak's any more; names are Writ's already.
#pragma once

#include "runtime/program/vocabulary.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::importing {

struct Named {
  std::string name;    // in the policy
  std::string wire;    // in requests
  std::string origin;  // where it comes from, for a comment
  std::vector<std::string> comments{};
  bool says_id = false;  // even where it is the name
};

struct Connection : Named {
  std::size_t strategy = 0;  // in `strategies`
  std::vector<std::string> domains{};
  std::string issuer{};
  bool signup_open = true;
  std::vector<std::pair<std::string, std::string>> settings{};  // values as Writ writes them
  std::vector<std::string> statements{};                        // passwords and lockouts, as Writ writes them
};

struct Client : Named {
  ClientType type{};
  std::vector<std::string> grants{}, callbacks{}, origins{};
  std::vector<std::pair<std::string, std::int64_t>> lifetimes{};  // seconds
  OrganizationUsage organizations{};
  std::vector<std::size_t> connections{};                       // in Tenant::connections
  std::vector<std::pair<std::string, std::size_t>> discover{};  // of a domain, which connection
};

struct Organization : Named {
  std::string title{}, logo{};
  std::vector<std::pair<std::string, std::string>> colors{};
  std::vector<std::string> domains{};
  std::vector<std::size_t> connections{}, joins{};  // in Tenant::connections
};

struct Tenant : Named {
  std::string title{}, logo{};
  std::vector<std::pair<std::string, std::string>> colors{};
  std::size_t most_databases = 0;  // of a client; more than 50 need a limit of their own
  std::vector<Connection> connections{};
  std::vector<Client> clients{};
  std::vector<Organization> organizations{};
  // As Writ writes them. The preamble stands before everything else: attributes and obligations; zones and lists before the rules.
  std::vector<std::string> preamble{}, zones{}, rules{};
};

// The place of a strategy in `strategies`.
std::optional<std::size_t> strategy_named(std::string_view name);

// Names for things of one kind: letters, digits and `_`, none of them twice, none of them a hard word or the name of a fact.
class Names {
 public:
  explicit Names(std::string_view kind);
  std::string make(std::string_view wire);
  void take(const std::string& name) { taken_.insert(name); }  // it is something else's

 private:
  std::string kind_;  // the name of what has no usable one
  std::set<std::string> taken_;
};

// The text of a file that holds the tenant, laid out as `writ fmt` lays it out.
struct Written {
  std::string text{};
  std::string problem{};  // rendered diagnostics, when Writ itself does not understand what it wrote
};
Written write(const Tenant& tenant);
// Before it is laid out, and without what belongs to the platform.
std::string plain_text(const Tenant& tenant);

struct File {
  std::string name, text;
};
struct WrittenSet {
  std::vector<File> files{};
  std::vector<std::string> wires{};                              // of the tenants, in their order: two may have had one
  std::size_t floor = 0;                                         // how many statements the floor took over
  std::vector<std::pair<std::string, std::size_t>> templates{};  // and how many tenants each has
  std::string problem{};
};
// More organizations than one file may hold well lie in files beside the tenant's.
inline constexpr std::size_t organizations_a_file = 5'000;
bool in_files_of_their_own(const Tenant& tenant);
std::vector<File> organization_files(const Tenant& tenant);  // before they are laid out
// A tenant with such files. Each is checked beside the tenant's own, not beside the others. `progress`: organizations, of how many.
WrittenSet write_files(Tenant tenant, const std::function<void(std::size_t done, std::size_t all)>& progress);
// Several tenants as a policy set: a file each, what all of them ask for alike as the platform's floor, and a template where three
// or more differ in constants only.
WrittenSet write_set(std::vector<Tenant> tenants);

// For a client's comments; found by the lint `grant-left-out`.
std::string grant_left_out(std::string_view grant);

// A string literal.
std::string literal(std::string_view text);
// What a comment may hold: no control characters, none that change the direction of text, and no more than a line.
std::string comment_text(std::string_view text);

}  // namespace writ::importing
