// Where a search begins: requests with nothing remarkable about them, to every client through every connection.
#include "compiler/check/check.h"
#include "compiler/diff/search.h"

#include <algorithm>

namespace writ::diff {

namespace {

using program::Part;

constexpr std::size_t most_plain = 400;  // of one action
constexpr std::size_t most_organizations = 8, most_extra = 4;

template <class Record>
const Record* record(const std::vector<Record>& records, std::string_view id) {
  const auto place = flip::place_of(records, id);
  return place < 0 ? nullptr : &records[static_cast<std::size_t>(place)];
}

// What decides before any rule is asked.
std::array<std::uint8_t, 32> structure_of(Part part) {
  part.programs = {};
  part.passwords.clear();
  return program::hash_of(part);
}

bool same(const program::ActionProgram& a, const program::ActionProgram& b) {
  const auto ids = [](const program::ActionProgram& one) {
    std::vector<std::string_view> all;
    for (const auto& rule : one.rules) all.push_back(rule.id);
    return all;
  };
  return *a.shape == *b.shape && a.row == b.row && a.required == b.required && a.entries == b.entries &&
         ids(a) == ids(b);
}

// Of either side, in the order of the first, each once.
class Both {
 public:
  Both(const Part* before, const Part* after) : parts_{before, after} {}

  std::vector<std::string> clients() const {
    return ids([](const Part& part, auto add) {
      for (const auto& one : part.clients) add(one.id);
    });
  }
  std::vector<std::string> connections(const std::string& client) const {
    return ids([&](const Part& part, auto add) {
      if (const auto* one = record(part.clients, client))
        for (const auto connection : one->connections) add(part.connections[connection].id);
    });
  }
  std::vector<std::string> organizations(const std::string& client) const {
    auto all = ids([&](const Part& part, auto add) {
      const auto* one = record(part.clients, client);
      if (one == nullptr || one->usage == OrganizationUsage::deny) return;
      for (const auto& organization : part.organizations) add(organization.id);
    });
    // Those of one side only are what a change is about.
    std::ranges::stable_partition(all, [&](const auto& id) { return !everywhere(id); });
    if (all.size() > most_organizations) all.resize(most_organizations);
    return all;
  }
  bool takes_none(const std::string& client) const {
    return std::ranges::any_of(parts_, [&](const Part* part) {
      const auto* one = part == nullptr ? nullptr : record(part->clients, client);
      return one != nullptr && one->usage != OrganizationUsage::require;
    });
  }
  // Whether a request of this action can be one of this client's. Whoever signs in comes through a connection, so that for a machine there are none.
  bool may_ask(const std::string& client, Action action) const {
    const auto wanted = index_of(grant_names, "client_credentials");
    return action != Action::m2m || std::ranges::any_of(parts_, [&](const Part* part) {
             const auto* one = part == nullptr ? nullptr : record(part->clients, client);
             return one != nullptr && (one->grants >> *wanted & 1) != 0;
           });
  }

  // What one side's list has and the other's has not.
  template <class List>
  std::vector<std::string> different(const List& list) const {
    std::vector<std::string> found;
    for (const auto* part : parts_) {
      const auto* other = part == parts_[0] ? parts_[1] : parts_[0];
      if (part == nullptr || other == nullptr) continue;
      const auto theirs = list(*other);
      for (const auto& one : list(*part))
        if (found.size() < most_extra && std::ranges::find(theirs, one) == theirs.end()) found.push_back(one);
    }
    return found;
  }

 private:
  bool everywhere(const std::string& organization) const {
    return std::ranges::all_of(parts_, [&](const Part* part) {
      return part != nullptr && record(part->organizations, organization) != nullptr;
    });
  }
  template <class Visit>
  std::vector<std::string> ids(const Visit& visit) const {
    std::vector<std::string> all;
    for (const auto* part : parts_)
      if (part != nullptr)
        visit(*part, [&](const std::string& id) {
          if (std::ranges::find(all, id) == all.end()) all.push_back(id);
        });
    return all;
  }
  std::array<const Part*, 2> parts_;
};

bool has(Action action, std::string_view name) {
  const auto& one = builtin_facts[index(*find_builtin(name))];
  return ((one.required | one.optional) & mask_of(action)) != 0;
}

class Plain {
 public:
  Plain(const Part* before, const Part* after) : before_(before), after_(after), both_(before, after) {}

  void add(Action action, std::vector<NamedRequest>& all) {
    std::vector<std::vector<NamedRequest>> by_client;
    for (const auto& client : both_.clients())
      if (both_.may_ask(client, action)) by_client.push_back(of_client(action, client));
    // Each client's first, then each client's second: what is left out at the end is the same for all.
    std::size_t count = 0;
    for (std::size_t i = 0; count < most_plain; ++i) {
      bool any = false;
      for (const auto& list : by_client)
        if (i < list.size() && count < most_plain) all.push_back(list[i]), any = true, ++count;
      if (!any) return;
    }
  }

 private:
  std::vector<NamedRequest> of_client(Action action, const std::string& client) {
    std::vector<NamedRequest> list;
    const auto* first = after_ != nullptr ? after_ : before_;
    NamedRequest request;
    request.action = action;
    request.tenant = first->id;
    request.client = client;
    const bool connected = (builtin_facts[index(fact("connection"))].required & mask_of(action)) != 0;
    auto connections = connected ? both_.connections(client) : std::vector<std::string>{""};
    for (const auto& connection : connections) {
      if (connected) request.connection = connection;
      request.organization.reset();
      if (both_.takes_none(client)) list.push_back(baseline_of(before_, after_, request));
      for (const auto& organization : both_.organizations(client)) {
        request.organization = organization;
        list.push_back(baseline_of(before_, after_, request));
        if (has(action, "user.organizations"))
          list.back().facts.insert_or_assign("user.organizations", StringSet{organization});
      }
    }
    extras(action, client, list);
    return list;
  }

  // Facts that are checked before rules are worth giving where the sides differ in what they take.
  void extras(Action action, const std::string& client, std::vector<NamedRequest>& list) {
    if (list.empty()) return;
    const auto plain = list.front();
    const auto give = [&](const char* name, auto value) {
      if (!has(action, name)) return;
      list.push_back(plain);
      list.back().facts.insert_or_assign(name, std::move(value));
    };
    for (const auto& uri : both_.different([&](const Part& part) {
           const auto* one = record(part.clients, client);
           return one == nullptr ? std::vector<std::string>() : one->callbacks;
         }))
      give("request.redirect_uri", Value(uri));
    for (const auto& host : both_.different([](const Part& part) { return part.hosts; }))
      give("request.host", Value(host));
    for (const auto& issuer : both_.different([](const Part& part) { return part.issuers; }))
      give("token.issuer", Value(issuer));
    for (const auto& grant : both_.different([&](const Part& part) {
           std::vector<std::string> names;
           if (const auto* one = record(part.clients, client))
             for (std::size_t i = 0; i < grant_names.size(); ++i)
               if (one->grants >> i & 1) names.emplace_back(grant_names[i]);
           return names;
         }))
      give("grant", Value(std::int64_t{*index_of(grant_names, grant)}));
  }

  const Part* before_;
  const Part* after_;
  Both both_;
};

}  // namespace

std::bitset<action_count> changed_actions(const Part* before, const Part* after) {
  std::bitset<action_count> changed;
  if (before == nullptr || after == nullptr || structure_of(*before) != structure_of(*after)) return changed.set();
  for (std::size_t i = 0; i < action_count; ++i) changed[i] = !same(before->programs[i], after->programs[i]);
  return changed;
}

NamedRequest baseline_of(const Part* before, const Part* after, const NamedRequest& request) {
  const auto* first = after != nullptr ? after : before;
  NamedRequest plain = baseline(*first, request.action);
  if (before != nullptr && after != nullptr)
    for (auto& [name, value] : baseline(*before, request.action).facts) plain.facts.try_emplace(name, value);
  plain.tenant = request.tenant;
  plain.client = request.client;
  plain.connection = request.connection;
  plain.organization = request.organization;
  return plain;
}

std::vector<NamedRequest> plain_requests(const Part* before, const Part* after, std::bitset<action_count> actions) {
  std::vector<NamedRequest> all;
  Plain plain(before, after);
  for (std::size_t i = 0; i < action_count; ++i)
    if (actions[i]) plain.add(static_cast<Action>(i), all);
  return all;
}

}  // namespace writ::diff
