// Values as a policy writes them, so that what is proposed can be put into a test as it stands.
#include "runtime/flip/flip.h"

namespace writ::flip {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else
      result += c;
  }
  return result + '"';
}

struct Writer {
  TypeKind type;
  const std::vector<std::string>& words;

  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const {
    if (type == TypeKind::time) return time_to_text(value);
    if (type == TypeKind::duration) return duration_to_text(value);
    if (type == TypeKind::enumeration && value >= 0 && static_cast<std::size_t>(value) < words.size())
      return words[static_cast<std::size_t>(value)];
    return std::to_string(value);
  }
  std::string operator()(const std::string& value) const {
    return type == TypeKind::connection || type == TypeKind::organization ? value : quoted(value);
  }
  std::string operator()(const Ip& value) const { return to_text(value); }
  std::string operator()(const StringSet& value) const {
    std::string list;
    for (const auto& one : value) list += (list.empty() ? "" : ", ") + quoted(one);
    return "[" + list + "]";
  }
};

}  // namespace

std::string value_text(const Value& value, TypeKind type, const std::vector<std::string>& words) {
  return std::visit(Writer{type, words}, value);
}

std::string Change::text() const { return to ? fact + " = " + value_text(*to, type, words) : "without " + fact; }

}  // namespace writ::flip
