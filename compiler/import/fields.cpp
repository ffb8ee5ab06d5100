// One way to read a field for each type it may have, and one place that says what was there instead.
#include "compiler/import/fields.h"

#include "compiler/import/plan.h"

#include <fmt/format.h>

namespace writ::importing {

namespace {

constexpr std::size_t longest_text = 4'096;  // bytes, as everywhere in Writ
const Value nothing = Value::object();

}  // namespace

Fields::Fields(const Value& value, std::string where, Report& report, std::string path)
    : value_(value.is_object() ? &value : &nothing),
      where_(std::move(where)),
      report_(&report),
      path_(std::move(path)) {
  if (!value.is_object() && !value.is_null())
    report_->add(Outcome::wrong, where_, path_.substr(0, path_.size() - (path_.empty() ? 0 : 1)),
                 fmt::format("{} stands where an object should", value.type_name()));
}

const Value* Fields::find(std::string_view name) const {
  const auto found = value_->find(std::string(name));
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

void Fields::wrong(std::string_view name, std::string_view wanted) const {
  note(Outcome::wrong, name, fmt::format("it should be {}; it is passed over", wanted));
}

std::optional<std::string> Fields::text(std::string_view name) const {
  const auto* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) return wrong(name, "a text"), std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > longest_text) return wrong(name, "a text of at most 4,096 bytes"), std::nullopt;
  return text;
}

std::optional<bool> Fields::flag(std::string_view name) const {
  const auto* const found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) return wrong(name, "true or false"), std::nullopt;
  return found->get<bool>();
}

std::optional<std::int64_t> Fields::number(std::string_view name) const {
  const auto* const found = find(name);
  if (found == nullptr) return std::nullopt;
  const bool fits =
      found->is_number_integer() && (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX);
  if (!fits) return wrong(name, "a whole number"), std::nullopt;
  return found->get<std::int64_t>();
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  std::vector<std::string> list;
  const auto* const found = find(name);
  if (found == nullptr) return list;
  if (!found->is_array()) return wrong(name, "a list"), list;
  for (const auto& one : *found) {
    if (one.is_string() && one.get_ref<const std::string&>().size() <= longest_text)
      list.push_back(one.get<std::string>());
    else
      wrong(name, "a list of texts, of at most 4,096 bytes each");
  }
  return list;
}

std::vector<std::int64_t> Fields::numbers(std::string_view name) const {
  std::vector<std::int64_t> list;
  const auto* const found = find(name);
  if (found == nullptr) return list;
  if (!found->is_array()) return wrong(name, "a list"), list;
  for (const auto& one : *found) {
    if (one.is_number_integer())
      list.push_back(one.get<std::int64_t>());
    else
      wrong(name, "a list of whole numbers");
  }
  return list;
}

std::vector<Fields> Fields::objects(std::string_view name) const {
  std::vector<Fields> list;
  const auto* const found = find(name);
  if (found == nullptr) return list;
  if (!found->is_array()) return wrong(name, "a list"), list;
  for (std::size_t i = 0; i < found->size(); ++i)
    list.emplace_back((*found)[i], where_, *report_, fmt::format("{}{}[{}].", path_, name, i));
  return list;
}

Fields Fields::object(std::string_view name) const {
  const auto* const found = find(name);
  return {found == nullptr ? nothing : *found, where_, *report_, path(name) + "."};
}

std::vector<std::string> Fields::keys() const {
  std::vector<std::string> list;
  for (const auto& [key, value] : value_->items()) list.push_back(key);
  return list;
}

std::size_t take_strategy(const Fields& fields, std::string_view field, const std::string& given,
                          std::string_view name) {
  if (const auto found = strategy_named(name)) return fields.take(field), *found;
  fields.note(Outcome::approximated, field,
              fmt::format("`{}` is none of Writ's strategies; it is taken for a social one, `oauth2`", given));
  return strategy_named("oauth2").value();
}

}  // namespace writ::importing
