// A decision as JSON by way of a document, as a check on what writes it piece by piece (runtime/json/decision_json.cpp).
#pragma once

#include "runtime/engine/decision.h"
#include "runtime/program/value.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace writ {

inline std::string by_document(const Explanation& decision) {
  using Json = nlohmann::ordered_json;
  const auto named = [](const auto& names, auto value) { return std::string(names[static_cast<std::size_t>(value)]); };
  const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  const auto duration = [](std::int64_t value) { return value < 0 ? Json(nullptr) : Json(duration_to_text(value)); };
  const auto list = [&](const std::vector<Reason>& reasons) {
    Json json = Json::array();
    for (const Reason& one : reasons) {
      Json made;
      made["id"] = one.id;
      made["effect"] = named(rule_effect_names, one.effect);
      made["name"] = or_null(one.name);
      made["text"] = one.text;
      made["place"] = or_null(one.place);
      made["message"] = or_null(one.message);
      made["note"] = or_null(one.note);
      json.push_back(std::move(made));
    }
    return json;
  };
  Json json;
  json["effect"] = named(effect_names, decision.effect);
  json["because"] = named(because_names, decision.because);
  json["fault"] = decision.fault == Fault::none ? Json(nullptr) : Json(named(fault_names, decision.fault));
  json["detail"] = or_null(decision.detail);
  json["reasons"] = list(decision.reasons);
  json["obligations"] = decision.obligations;
  json["reports"] = list(decision.reports);
  json["would_be"] = named(effect_names, decision.would_be);
  json["session"] = nullptr;
  if (decision.effect == Effect::allow)
    json["session"] = {{"idle", duration(decision.session.idle)}, {"absolute", duration(decision.session.absolute)}};
  json["revision"] = or_null(decision.revision);
  json["version"] = decision.version;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace writ
