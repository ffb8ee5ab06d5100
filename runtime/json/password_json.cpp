// One function an object, keys in the order of password_json.h.
#include "runtime/json/password_json.h"

#include "runtime/json/fields.h"

#include <nlohmann/json.hpp>

namespace writ {

namespace {

using Json = nlohmann::ordered_json;
using program::RequirementInfo;

constexpr std::array<std::string_view, 3> unit_names = {"code_points", "utf16", "bytes"};
constexpr std::array<std::string_view, 3> charset_names = {"ascii", "unicode", "unicode_utf16"};
constexpr std::array<std::string_view, 4> class_names = {"lower", "upper", "digit", "symbol"};

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json number(const RequirementInfo& one, std::size_t i) {
  return i < one.numbers.size() ? Json(one.numbers[i]) : Json(nullptr);
}
Json name(const RequirementInfo& one, std::span<const std::string_view> names) {
  const auto which = one.numbers.size() > 1 ? static_cast<std::size_t>(one.numbers[1]) : names.size();
  return which < names.size() ? Json(names[which]) : Json(nullptr);
}
Json duration(const RequirementInfo& one) {
  return one.numbers.empty() ? Json(nullptr) : Json(duration_to_text(one.numbers[0]));
}
Json classes(const RequirementInfo& one) {
  Json list = Json::array();
  for (std::size_t i = 0; i < class_names.size(); ++i)
    if ((one.classes >> i & 1) != 0) list.push_back(class_names[i]);
  return list;
}

Json parameters(const RequirementInfo& one) {
  Json json = Json::object();
  switch (one.check) {
  case PasswordCheck::length_min:
    json["minimum"] = number(one, 0);
    json["unit"] = name(one, unit_names);
    break;
  case PasswordCheck::length_max:
  case PasswordCheck::repeats:
    json["maximum"] = number(one, 0);
    json["unit"] = name(one, unit_names);
    break;
  case PasswordCheck::classes:
  case PasswordCheck::at_least:
    json["minimum"] = number(one, 0);
    json["of"] = classes(one);
    json["charset"] = name(one, charset_names);
    break;
  case PasswordCheck::sequences: json["shortest"] = number(one, 0); break;
  case PasswordCheck::common: json["top"] = number(one, 0); break;
  case PasswordCheck::strength: json["minimum"] = number(one, 0); break;
  case PasswordCheck::history: json["last"] = number(one, 0); break;
  case PasswordCheck::age_min: json["minimum"] = duration(one); break;
  case PasswordCheck::age_max:
  case PasswordCheck::expires: json["maximum"] = duration(one); break;
  case PasswordCheck::breached:
  case PasswordCheck::personal:
  case PasswordCheck::words:
  case PasswordCheck::username:
  case PasswordCheck::email:
  case PasswordCheck::pattern:
  case PasswordCheck::normalize: break;
  }
  return json;
}

void describe_into(Json& json, const RequirementInfo& one) {
  json["parameters"] = parameters(one);
  json["text"] = one.text;
  json["origin"] = one.origin;
  json["place"] = or_null(one.place);
  json["implied"] = one.implied;
}

std::string id_of(const RequirementInfo& one) {
  return std::string(password_check_names[static_cast<std::size_t>(one.check)]);
}

Json unjudged(std::span<const RequirementInfo> list) {
  Json json = Json::array();
  for (const auto& one : list) {
    Json made;
    made["id"] = id_of(one);
    made["message"] = describe(one);
    describe_into(made, one);
    json.push_back(std::move(made));
  }
  return json;
}

std::string hex(std::uint64_t number) {
  static constexpr const char* digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4) text[i] = digits[number & 15];
  return text;
}

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string to_json(const PasswordReport& report, PasswordEvent event) {
  Json json;
  json["accepted"] = report.accepted;
  const bool fault = report.fault != PasswordFault::none;
  json["fault"] = fault ? Json(password_fault_names[static_cast<std::size_t>(report.fault)]) : Json(nullptr);
  json["detail"] = or_null(describe(report.fault));
  json["event"] = password_event_names[static_cast<std::size_t>(event)];
  json["normalized"] = report.normalized;
  json["requirements"] = Json::array();
  for (std::size_t i = 0; i < report.requirements.size(); ++i) {
    const auto& one = report.requirements[i];
    Json made;
    made["id"] = id_of(one);
    made["met"] = report.meets(i);
    made["message"] = describe(one);
    made["missing"] = or_null(missing_text(report, one));
    describe_into(made, one);
    json["requirements"].push_back(std::move(made));
  }
  json["others"] = unjudged(report.others);
  json["revision"] = fault ? Json(nullptr) : Json(hex(report.revision));
  json["version"] = fault ? Json(nullptr) : Json(report.version);
  return dumped(json);
}

std::string to_json(const program::PasswordProgram& policy) {
  Json json;
  json["requirements"] = unjudged(policy.requirements);
  json["others"] = unjudged(policy.others);
  return dumped(json);
}

namespace {

using json_detail::Array;
using json_detail::Decimal;
using json_detail::Field;

// One of the fields that are read for themselves; false: it is one of the profile.
bool take_known(const Field& field, ReadUser& user) {
  const auto* text = std::get_if<std::string>(&field.value);
  const auto wants = [&](const char* what) { user.problem = field.path + ": expected " + what; };
  if (field.path == "username" || field.path == "email") {
    if (text == nullptr) return wants("a string"), true;
    (field.path == "email" ? user.email : user.username) = *text;
    return true;
  }
  if (field.path == "password_changed") {
    const auto time = text ? parse_time(*text) : std::nullopt;
    if (!time) return wants("a time, as in \"2026-11-01T09:00:00Z\""), true;
    user.password_changed = *time;
    return true;
  }
  if (field.path != "history") return false;
  const auto* list = std::get_if<Array>(&field.value);
  if (list == nullptr || !list->only_strings) return wants("a list of stored hashes, as strings"), true;
  user.history = list->strings;
  return true;
}

void take_profile(const Field& field, ReadUser& user) {
  if (const auto* text = std::get_if<std::string>(&field.value)) user.profile.push_back(*text);
  if (const auto* integer = std::get_if<std::int64_t>(&field.value)) user.profile.push_back(std::to_string(*integer));
  if (const auto* decimal = std::get_if<Decimal>(&field.value)) user.profile.push_back(decimal->text);
  if (const auto* list = std::get_if<Array>(&field.value))
    user.profile.insert(user.profile.end(), list->strings.begin(), list->strings.end());
}

}  // namespace

ReadUser read_user(std::string_view text, const JsonLimits& limits) {
  ReadUser user;
  const auto fields = json_detail::read_fields(text, limits);
  user.problem = fields.problem;
  for (const auto& field : fields.list) {
    if (!user.ok()) return user;
    if (!take_known(field, user)) take_profile(field, user);
  }
  return user;
}

}  // namespace writ
