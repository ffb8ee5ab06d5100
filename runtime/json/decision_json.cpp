// One function an object. nlohmann's ordered object keeps the order in which keys are written here.
#include "runtime/json/decision_json.h"

#include <exception>

#include <nlohmann/json.hpp>

namespace writ {

namespace {

using Json = nlohmann::ordered_json;

template <std::size_t N, typename Enum>
std::string name_in(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? std::string(names[index]) : std::string("unknown");
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(std::int64_t duration) { return duration < 0 ? Json(nullptr) : Json(duration_to_text(duration)); }

Json reason(const Reason& one) {
  Json json;
  json["id"] = one.id;
  json["effect"] = name_in(rule_effect_names, one.effect);
  json["name"] = or_null(one.name);
  json["text"] = one.text;
  json["place"] = or_null(one.place);
  json["message"] = or_null(one.message);
  json["note"] = or_null(one.note);
  return json;
}

Json reasons(const std::vector<Reason>& list) {
  Json json = Json::array();
  for (const Reason& one : list) json.push_back(reason(one));
  return json;
}

Json session(const Explanation& decision) {
  if (decision.effect != Effect::allow) return nullptr;
  Json json;
  json["idle"] = or_null(decision.session.idle);
  json["absolute"] = or_null(decision.session.absolute);
  return json;
}

Json leaf(const Leaf& one) {
  Json json;
  json["text"] = one.text;
  json["outcome"] = one.outcome;
  json["seen"] = Json::object();
  for (const auto& [fact, value] : one.seen) json["seen"][fact] = value;
  return json;
}

Json entry(const TraceEntry& one) {
  Json json;
  json["id"] = one.id;
  json["effect"] = name_in(rule_effect_names, one.effect);
  json["report"] = one.report;
  json["text"] = one.text;
  json["place"] = or_null(one.place);
  json["message"] = or_null(one.message);
  json["note"] = or_null(one.note);
  json["fired"] = one.fired;
  json["leaves"] = Json::array();
  for (const Leaf& seen : one.leaves) json["leaves"].push_back(leaf(seen));
  json["alternatives"] = Json::array();
  for (const auto& [text, satisfied] : one.alternatives)
    json["alternatives"].push_back(Json::object({{"text", text}, {"satisfied", satisfied}}));
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Writing fails only for want of memory. A reader must then see a decision that is not an allow.
template <typename Make>
std::string guarded(const Make& make) {
  try {
    return dump(make());
  } catch (const std::exception&) {
    return R"({"effect":"deny","because":"fault","fault":"not_ready"})";
  }
}

}  // namespace

std::string to_json(const Explanation& decision) {
  return guarded([&] {
    Json json;
    json["effect"] = name_in(effect_names, decision.effect);
    json["because"] = name_in(because_names, decision.because);
    json["fault"] = decision.fault == Fault::none ? Json(nullptr) : Json(name_in(fault_names, decision.fault));
    json["detail"] = or_null(decision.detail);
    json["reasons"] = reasons(decision.reasons);
    json["obligations"] = decision.obligations;
    json["reports"] = reasons(decision.reports);
    json["would_be"] = name_in(effect_names, decision.would_be);
    json["session"] = session(decision);
    json["revision"] = or_null(decision.revision);
    json["version"] = decision.version;
    return json;
  });
}

std::string to_json(std::span<const TraceEntry> trace) {
  return guarded([&] {
    Json json = Json::array();
    for (const TraceEntry& one : trace) json.push_back(entry(one));
    return json;
  });
}

std::string to_json(const Offer& offer) {
  return guarded([&] {
    Json json;
    json["fault"] = offer.fault == Fault::none ? Json(nullptr) : Json(name_in(fault_names, offer.fault));
    json["connections"] = Json::array();
    for (const Offer::Connection& one : offer.connections) {
      Json made;
      made["id"] = one.id;
      made["name"] = one.name;
      made["strategy"] =
          one.strategy < strategies.size() ? Json(std::string(strategies[one.strategy].name)) : Json(nullptr);
      made["family"] = one.strategy < strategies.size() ? Json(name_in(family_names, strategies[one.strategy].family))
                                                        : Json(nullptr);
      json["connections"].push_back(std::move(made));
    }
    json["home_realm"] = offer.home_realm ? Json(*offer.home_realm) : Json(nullptr);
    return json;
  });
}

}  // namespace writ
