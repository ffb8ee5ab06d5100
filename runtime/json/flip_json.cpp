// See flip_json.h.
#include "runtime/json/flip_json.h"

#include "runtime/json/request_json.h"

#include <exception>

#include <nlohmann/json.hpp>

namespace writ {

namespace {

using Json = nlohmann::ordered_json;
using namespace flip;

std::string name_of(Effect effect) { return std::string(effect_names[static_cast<std::size_t>(effect)]); }

Json name_of(Fault fault) {
  return fault == Fault::none ? Json(nullptr) : Json(std::string(fault_names[static_cast<std::size_t>(fault)]));
}

std::string name_of(Wanted wanted) {
  switch (wanted) {
  case Wanted::allow: return "allow";
  case Wanted::challenge: return "challenge";
  case Wanted::deny: return "deny";
  case Wanted::no_allow: return "not allow";
  }
  return "unknown";
}

Json value_of(const std::optional<Value>& value, const Change& change) {
  return value ? Json::parse(value_json(*value, change.type, change.words)) : Json(nullptr);
}

Json proposal(const Proposal& one) {
  Json changes = Json::array();
  for (const Change& change : one.changes)
    changes.push_back(Json::object(
        {{"fact", change.fact}, {"from", value_of(change.from, change)}, {"to", value_of(change.to, change)}}));
  return Json::object({{"effect", name_of(one.effect)}, {"changes", std::move(changes)}});
}

Json turn(const Turn& one) {
  Json rules = Json::array();
  for (const Turn::Rule& rule : one.rules)
    rules.push_back(Json::object({{"id", rule.id},
                                  {"name", rule.name.empty() ? Json(nullptr) : Json(rule.name)},
                                  {"text", rule.text},
                                  {"place", rule.place.empty() ? Json(nullptr) : Json(rule.place)},
                                  {"fires", rule.fires},
                                  {"satisfied", rule.satisfied}}));
  Json json;
  json["at"] = time_to_text(one.at);
  json["before"] = name_of(one.before);
  json["after"] = name_of(one.after);
  json["fault_before"] = name_of(one.fault_before);
  json["fault"] = name_of(one.fault);
  json["rules"] = std::move(rules);
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string to_json(const Changes& changes) try {
  Json json;
  json["to"] = name_of(changes.wanted);
  json["why_not"] = changes.unasked.empty() ? Json(nullptr) : Json(changes.unasked);
  json["complete"] = changes.complete;
  json["asked"] = changes.asked;
  json["proposals"] = Json::array();
  for (const Proposal& one : changes.proposals) json["proposals"].push_back(proposal(one));
  return dump(json);
} catch (const std::exception&) {
  return "null";  // for want of memory
}

std::string to_json(const Boundaries& boundaries) try {
  Json json;
  json["from"] = time_to_text(boundaries.from);
  json["until"] = time_to_text(boundaries.until);
  json["complete"] = boundaries.complete;
  json["turns"] = Json::array();
  for (const Turn& one : boundaries.turns) json["turns"].push_back(turn(one));
  return dump(json);
} catch (const std::exception&) {
  return "null";  // for want of memory
}

}  // namespace writ
