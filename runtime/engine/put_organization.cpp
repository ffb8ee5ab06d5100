// One organization of a tenant: the part that serves, copied but for that record, and put in its own place. It is verified whole, as any part that
// comes from outside; who replaced the tenant meanwhile goes first.
#include "runtime/engine/put.h"

#include <algorithm>
#include <exception>

namespace writ {

using engine::SharedShape;
using program::OrganizationRecord;
using program::Part;

namespace {

using Organizations = std::vector<OrganizationRecord>;

Organizations::iterator place_of(Organizations& organizations, std::string_view id) {
  return std::ranges::lower_bound(organizations, id, {}, [](const auto& one) { return std::string_view(one.id); });
}
bool stands(const Organizations& organizations, Organizations::const_iterator place, std::string_view id) {
  return place != organizations.end() && place->id == id;
}

// Rules hold organizations by their places, which move when there is one more or less.
bool rules_name_organizations(const Part& part) {
  return std::ranges::any_of(part.programs, [](const auto& program) {
    return std::ranges::any_of(program.shape->nodes,
                               [](const auto& node) { return node.op == program::Op::organization_index; });
  });
}
std::string named_by_rules(const Part& part) {
  return "rules of tenant `" + part.id + "` name organizations: put the tenant";
}

std::string put_into(Part& part, OrganizationRecord&& record) {
  const auto place = place_of(part.organizations, record.id);
  if (stands(part.organizations, place, record.id)) {
    *place = std::move(record);
    return "";
  }
  if (rules_name_organizations(part)) return named_by_rules(part);
  part.organizations.insert(place, std::move(record));
  return "";
}

std::string take_out_of(Part& part, std::string_view organization) {
  const auto place = place_of(part.organizations, organization);
  if (!stands(part.organizations, place, organization))
    return "tenant `" + part.id + "` has no organization `" + std::string(organization) + "`";
  if (rules_name_organizations(part)) return named_by_rules(part);
  part.organizations.erase(place);
  return "";
}

// Changes what serves of that tenant. `change` may be called again, with a newer part.
template <class Change>
std::string change_part(Engine::State& state, std::string_view tenant, const Change& change) {
  for (;;) {
    const auto serving = state.find(tenant).loaded;
    if (!serving) return "there is no tenant `" + std::string(tenant) + "` to change";
    Part part = *serving->part();
    if (auto wrong = change(part); !wrong.empty()) return wrong;
    part.hash = program::hash_of(part);
    std::vector<std::shared_ptr<SharedShape>> fresh;
    {
      const std::lock_guard lock(state.mutex);
      if (state.tenants.get(tenant) != serving) continue;
      std::string error;
      engine::keep(part, engine::kept_by(part), state.counters);
      auto loaded = engine::load(std::move(part), engine::Verified::no, state.pool, fresh, error);
      if (!loaded) return error;
      if (auto wrong = engine::publish(state, {std::move(loaded)}); !wrong.empty()) return wrong;
    }
    state.want(fresh);
    return "";
  }
}

// Whether places of clients and connections mean the same in both.
bool same_places(const Part& a, const Part& b) {
  const auto same = [](const auto& left, const auto& right) {
    return std::ranges::equal(
        left, right, {}, [](const auto& one) { return one.id; }, [](const auto& one) { return one.id; });
  };
  return same(a.clients, b.clients) && same(a.connections, b.connections);
}

}  // namespace

std::string Engine::put_organization(std::string_view tenant, OrganizationRecord organization) try {
  return change_part(*state_, tenant, [&](Part& part) { return put_into(part, OrganizationRecord(organization)); });
} catch (const std::exception& failure) {
  return std::string("the organization could not be put: ") + failure.what();
}

bundle::Problem Engine::put_organization(const std::shared_ptr<const bundle::Bundle>& judged, std::string_view tenant,
                                         std::string_view organization) try {
  const auto at = judged->find(tenant);
  if (!at) return {bundle::Reason::missing_part, "tenant `" + std::string(tenant) + "` is not in it"};
  Part newer;
  if (auto problem = judged->part(*at, newer, &state_->shapes)) return problem;
  const auto record = place_of(newer.organizations, organization);
  if (!stands(newer.organizations, record, organization))
    return {bundle::Reason::missing_part,
            "organization `" + std::string(organization) + "` of tenant `" + std::string(tenant) + "` is not in it"};
  auto wrong = change_part(*state_, tenant, [&](Part& part) -> std::string {
    if (!same_places(part, newer))
      return "tenant `" + part.id +
             "` has other clients or connections in the bundle than it serves with: put the tenant";
    part.version = std::max(part.version, newer.version);
    return put_into(part, OrganizationRecord(*record));
  });
  if (wrong.empty()) return {};
  return {bundle::Reason::malformed, std::move(wrong)};
} catch (const std::exception& failure) {
  return {bundle::Reason::unreadable, std::string("the organization could not be put: ") + failure.what()};
}

std::string Engine::remove_organization(std::string_view tenant, std::string_view organization) try {
  return change_part(*state_, tenant, [&](Part& part) { return take_out_of(part, organization); });
} catch (const std::exception& failure) {
  return std::string("the organization could not be removed: ") + failure.what();
}

}  // namespace writ
