// One function an object. Decisions are appended piece by piece, because streams are full of them; of the rest nlohmann's ordered object keeps the
// order in which keys are written here.
#include "runtime/json/decision_json.h"

#include "runtime/json/json_text.h"

#include <charconv>
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

constexpr std::size_t usual_size = 768;  // of a decision for one reason

// A decision's text: values between pieces of JSON that are always the same.
class Text {
 public:
  explicit Text(std::string& to) : to_(to) {}
  Text& raw(std::string_view piece) { return to_ += piece, *this; }
  Text& text(std::string_view value) { return json_detail::append_quoted(value, to_), *this; }
  Text& text_or_null(std::string_view value) { return value.empty() ? raw("null") : text(value); }
  Text& duration_or_null(std::int64_t value) { return value < 0 ? raw("null") : text(duration_to_text(value)); }
  template <std::size_t N, typename Enum>
  Text& name(const std::array<std::string_view, N>& names, Enum value) {
    return text(name_in(names, value));
  }
  Text& number(std::uint64_t value) {
    std::array<char, 20> digits;
    return raw({digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr});
  }
  template <typename List, typename Append>
  Text& array(const List& list, const Append& append) {
    raw("[");
    for (std::size_t i = 0; i < list.size(); ++i) append(raw(i == 0 ? "" : ","), list[i]);
    return raw("]");
  }

 private:
  std::string& to_;
};

void append_reason(Text& to, const Reason& one) {
  to.raw(R"({"id":)").text(one.id).raw(R"(,"effect":)").name(rule_effect_names, one.effect);
  to.raw(R"(,"name":)").text_or_null(one.name).raw(R"(,"text":)").text(one.text);
  to.raw(R"(,"place":)").text_or_null(one.place).raw(R"(,"message":)").text_or_null(one.message);
  to.raw(R"(,"note":)").text_or_null(one.note).raw("}");
}

void append_session(Text& to, const Explanation& decision) {
  if (decision.effect != Effect::allow) {
    to.raw("null");
    return;
  }
  to.raw(R"({"idle":)").duration_or_null(decision.session.idle);
  to.raw(R"(,"absolute":)").duration_or_null(decision.session.absolute).raw("}");
}

void append(Text& to, const Explanation& decision) {
  to.raw(R"({"effect":)").name(effect_names, decision.effect).raw(R"(,"because":)");
  to.name(because_names, decision.because).raw(R"(,"fault":)");
  decision.fault == Fault::none ? to.raw("null") : to.name(fault_names, decision.fault);
  to.raw(R"(,"detail":)").text_or_null(decision.detail);
  to.raw(R"(,"reasons":)").array(decision.reasons, append_reason);
  to.raw(R"(,"obligations":)").array(decision.obligations, [](Text& list, const auto& one) { list.text(one); });
  to.raw(R"(,"reports":)").array(decision.reports, append_reason);
  to.raw(R"(,"would_be":)").name(effect_names, decision.would_be).raw(R"(,"session":)");
  append_session(to, decision);
  to.raw(R"(,"revision":)").text_or_null(decision.revision);
  to.raw(R"(,"version":)").number(decision.version).raw("}");
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
    return make();
  } catch (const std::exception&) {
    return R"({"effect":"deny","because":"fault","fault":"not_ready"})";
  }
}

}  // namespace

std::string to_json(const Explanation& decision) {
  return guarded([&] {
    std::string text;
    text.reserve(usual_size);
    Text to(text);
    append(to, decision);
    return text;
  });
}

std::string to_json(std::span<const TraceEntry> trace) {
  return guarded([&] {
    Json json = Json::array();
    for (const TraceEntry& one : trace) json.push_back(entry(one));
    return dump(json);
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
    return dump(json);
  });
}

}  // namespace writ
