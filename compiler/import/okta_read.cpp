// Which object is what is seen from what it says, not from the name of its file: answers of the API are kept in many layouts.
#include "compiler/import/okta.h"
#include "compiler/import/source_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace writ::importing {

namespace {

constexpr int deepest_container = 4;
constexpr std::size_t longest_id = 1'024;

constexpr std::array<std::string_view, 14> policy_types = {"OKTA_SIGN_ON",
                                                           "ACCESS_POLICY",
                                                           "PASSWORD",
                                                           "MFA_ENROLL",
                                                           "IDP_DISCOVERY",
                                                           "SIGN_ON",
                                                           "ENTITY_RISK",
                                                           "RESOURCE_ACCESS",
                                                           "OAUTH_AUTHORIZATION_POLICY",
                                                           "PROFILE_ENROLLMENT",
                                                           "POST_AUTH_SESSION",
                                                           "CLIENT_UPDATE",
                                                           "DEVICE_SIGNAL_COLLECTION",
                                                           "SESSION_VIOLATION_DETECTION"};

std::string text_at(const Value& value, std::initializer_list<const char*> path) {
  const Value* at = &value;
  for (const auto* key : path) {
    if (!at->is_object()) return "";
    const auto found = at->find(key);
    if (found == at->end()) return "";
    at = &*found;
  }
  return at->is_string() ? at->get<std::string>() : "";
}

bool has(const Value& value, const char* key) { return value.contains(key) && !value[key].is_null(); }

// `…/policies/ID/rules/…` or `…/apps/ID`: what stands behind `word`.
std::string id_behind(const std::string& address, std::string_view word) {
  const auto found = address.find(word);
  if (found == address.npos) return "";
  const auto begin = found + word.size();
  return address.substr(begin, address.find_first_of("/?", begin) - begin);
}

class Sorting {
 public:
  Sorting(OktaExport& made, Report& report) : made_(made), report_(report) {}

  void take(Value value, const std::string& origin, int depth = 0) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) take(std::move(value[i]), fmt::format("{}[{}]", origin, i), depth);
      return;
    }
    if (!value.is_object()) return;
    const auto type = text_at(value, {"type"});
    const auto link = [&](const char* name) { return text_at(value, {"_links", name, "href"}); };
    const bool of_policy = std::ranges::find(policy_types, type) != policy_types.end();
    if (of_policy && has(value, "actions")) {
      rule(std::move(value), origin, "");
    } else if (of_policy) {
      policy(std::move(value), origin);
    } else if (!link("application").empty() && !link("policy").empty()) {
      made_.mappings.push_back({std::move(value), origin});
    } else if (type == "IP" || type.starts_with("DYNAMIC")) {
      made_.zones.push_back({std::move(value), origin});
    } else if (has(value, "signOnMode")) {
      made_.apps.push_back({std::move(value), origin});
    } else if (has(value, "protocol") && value["protocol"].is_object()) {
      made_.providers.push_back({std::move(value), origin});
    } else if (!text_at(value, {"profile", "name"}).empty()) {
      made_.groups.push_back({std::move(value), origin});
    } else if (depth < deepest_container && type.empty()) {
      for (auto& [key, one] : value.items())
        if (one.is_array() || one.is_object()) take(std::move(one), fmt::format("{}, {}", origin, key), depth + 1);
    } else {
      report_.unread.insert(type.empty() ? origin : type);
    }
  }

 private:
  void policy(Value value, const std::string& origin) {
    auto id = text_at(value, {"id"});
    if (id.empty()) id = text_at(value, {"name"});
    if (id.empty() || id.size() > longest_id) id = fmt::format("policy {}", made_.policies.size() + 1);
    if (!made_.policy_ids.insert(id).second)
      return report_.add(Outcome::wrong, origin, "id",
                         fmt::format("there is a policy `{}` already; the first counts", id));
    value["id"] = id;
    const auto inner = [&](Value& list, const std::string& where) {
      if (!list.is_array()) return;
      for (std::size_t i = 0; i < list.size(); ++i)
        if (list[i].is_object()) rule(std::move(list[i]), fmt::format("{}, {}[{}]", origin, where, i), id);
    };
    if (has(value, "_embedded") && value["_embedded"].is_object() && has(value["_embedded"], "rules"))
      inner(value["_embedded"]["rules"], "_embedded.rules");
    if (has(value, "rules")) inner(value["rules"], "rules");
    made_.policies.push_back({std::move(value), origin});
  }
  void rule(Value value, const std::string& origin, std::string policy) {
    if (policy.empty()) policy = text_at(value, {"policyId"});
    if (policy.empty()) policy = id_behind(text_at(value, {"_links", "self", "href"}), "/policies/");
    made_.rules.push_back({{std::move(value), origin}, std::move(policy)});
  }

  OktaExport& made_;
  Report& report_;
};

}  // namespace

void sort_okta(Value value, const std::string& origin, OktaExport& made, Report& report) {
  Sorting(made, report).take(std::move(value), origin);
}

OktaExport read_okta(const std::string& path, Report& report) {
  OktaExport made;
  auto source = read_json_sources(path, report, [&](Value&& value, const std::string& origin) {
    sort_okta(std::move(value), origin, made, report);
  });
  made.origin = std::move(source.name);
  made.problem = std::move(source.problem);
  if (made.problem.empty() && made.policies.empty())
    made.problem = fmt::format("`{}` holds no policy of Okta's: an object with `type`, such as `ACCESS_POLICY`", path);
  return made;
}

}  // namespace writ::importing
