// The values of a request that are worth trying: those at which the rules of its tenant and action turn.
//
//   bool              the other one
//   enumeration       every word
//   int, duration,    where a comparison turns, the other facts being what they are: that value and one unit to each side. The unit is 1 of an
//   time              int and a second of the others, or a millisecond where the value is no whole second. Every member of a list. Of a clock
//                     window the begin and end of the days around. Of a duration 0
//   string            every literal it is compared with, made fit (`someone@acme.com` for a domain, a text that a glob takes); "", and one
//                     that no literal is. Nothing is made up for a regular expression
//   ip                first and last of every block, and the addresses beside them
//   set of string     what it has and one of the strings asked for; without one of its own; with all, without any of those asked for; each of
//                     them alone; none
//   connection        those the client may use. organization: the tenant's, where the client takes one; none, where it need not have one
//   grant, host, redirect URI, issuer: what the client and the tenant name
//   any optional fact absent; and where it was absent, some value
//
// Facts that no rule and no check of the structure reads have none, nor has a value that makes the request unsound by itself. `user.blocked`
// only becomes false. Values that no rule can tell apart are one value: the first of them (merge.cpp).
#pragma once

#include "runtime/flip/flip.h"

#include <string>
#include <vector>

namespace writ::flip {

struct Dial {
  FactId fact{};
  std::string name;
  TypeKind type{};
  std::vector<std::string> words;  // of an enumeration
  bool may_be_absent = false;
  std::optional<Value> now;
  std::vector<std::optional<Value>>
      values;  // other than now, in the order in which they are proposed; nothing: absent, always last
};

// In the order in which facts are proposed: what the person can do at once first. By the first word of their names: session, connection,
// organization, grant, request, user, token, attempts, others; then as in the table of facts.
struct Dials {
  std::vector<Dial> list;
  bool cut = false;  // some fact has more values than were taken
};
// `most`: values of a fact.
Dials dials_of(const program::Part& part, const NamedRequest& request, bool merged = true,
               std::size_t most = most_values);

// Leaves of values that no rule of the shape can tell apart only the first.
void merge(const program::Part& part, const NamedRequest& request, Dials& dials);

// Leaves the first values, and absence, which stays the last.
void shorten(Dial& dial, std::size_t most, Dials& dials);

// A client, connection or organization by its wire id; -1 when there is none.
template <class Record>
std::int64_t place_of(const std::vector<Record>& records, std::string_view id) {
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].id == id) return static_cast<std::int64_t>(i);
  return -1;
}

std::string fact_name(const program::Part& part, FactId fact);
// The request with one fact otherwise; `connection` and `organization` too.
void put(NamedRequest& request, const std::string& fact, const std::optional<Value>& value);
std::optional<Value> value_in(const NamedRequest& request, const std::string& fact);
std::optional<std::int64_t> integer_in(const NamedRequest& request,
                                       const std::string& fact);  // nothing, too, when it is of another type

}  // namespace writ::flip
