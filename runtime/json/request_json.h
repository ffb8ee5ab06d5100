// A request as JSON, read strictly: what is not understood is named and refused, never ignored, because a fact that got lost on the way
// could turn a deny into an allow.
//
//   {"action": "login", "tenant": "acme", "client": "admin", "connection": "staff", "organization": "coke", "grant": "authorization_code",
//    "user": {"id": "u1", "email": "ada@acme.com", "email_verified": true, "groups": ["staff"]},
//    "request": {"ip": "203.0.113.9", "time": "2026-03-02T09:00:00Z"}, "session": {"mfa": true, "mfa_age": "4m"}}
//
// Fact `a.b` is field `b` of object `a`, for built-in facts and for the tenant's attributes. Times are RFC 3339, durations `15m` or whole
// seconds, addresses and enumerations strings, sets arrays of strings. An absent fact is left out; null is refused.
#pragma once

#include "runtime/program/program.h"
#include "runtime/program/value.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace writ {

struct JsonLimits {
  std::size_t bytes = 1u << 20;           // one request
  std::size_t depth = 16;                 // objects inside one another: the longest attribute path
  std::size_t set_items = max_set_items;  // strings in one set
  std::size_t fields = 4'096;
  std::size_t name_bytes = 256;  // of one field, as of an identifier in a policy
};

// The attributes of a tenant by its wire id; nothing when there is no such tenant.
using AttributesOf = std::function<std::optional<std::span<const program::Attribute>>(std::string_view tenant)>;

struct ReadRequest {
  NamedRequest request;  // to be used only without a problem
  std::string problem;   // empty, or what is wrong: "user.departmant: unknown field, did you mean user.department?"
  bool ok() const { return problem.empty(); }
};

// Never throws. For an unknown tenant the fields that could be its attributes are not judged: the decision is unknown_tenant in any case.
ReadRequest read_request(std::string_view text, const AttributesOf& attributes_of, const JsonLimits& limits = {});

// One value in that form; `words` are those of an enumeration.
std::string value_json(const Value& value, TypeKind type, std::span<const std::string> words);
// The same form back: one object, facts in order of their names. What `read_request` made is read back equal.
std::string to_json(const NamedRequest& request, std::span<const program::Attribute> attributes);

}  // namespace writ
