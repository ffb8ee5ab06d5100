// Requests as JSON: read without a crash, refused with a reason or read; and what was read is written and read back equal.
#include "runtime/json/request_json.h"
#include "tests/fuzz/fuzz.h"

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  using fuzz::promise;
  static const std::vector<program::Attribute> attributes = [] {
    std::vector<program::Attribute> list;
    const auto add = [&](const char* name, TypeKind type) {
      program::Attribute attribute;
      attribute.name = name;
      attribute.type = type;
      attribute.optional = all_actions;
      if (type == TypeKind::enumeration) attribute.values = {"low", "medium", "high"};
      if (type == TypeKind::integer) attribute.low = 0, attribute.high = 100;
      list.push_back(std::move(attribute));
    };
    add("device.posture", TypeKind::enumeration);
    add("request.cooldown", TypeKind::duration);
    add("request.risk", TypeKind::integer);
    add("user.department", TypeKind::string);
    add("user.home", TypeKind::ip);
    add("user.tags", TypeKind::string_set);
    return list;
  }();
  const AttributesOf known = [](std::string_view tenant) {
    return tenant == "nobody" ? std::nullopt : std::optional(std::span<const program::Attribute>(attributes));
  };
  const auto read = read_request(fuzz::view(data, size), known);
  if (!read.ok() || read.request.tenant == "nobody") return 0;
  const auto text = to_json(read.request, attributes);
  const auto again = read_request(text, known);
  promise(again.ok(), "what was read is not read back: " + again.problem, text);
  promise(again.request == read.request, "what was read is read back as something else", text);
  return 0;
}
