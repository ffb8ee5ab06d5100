// Every size an author controls has its limit here, and every limit a test just under and just over (tests/limits). `writ check --limit` lowers
// them by the names below.
#pragma once

#include "runtime/program/pattern.h"
#include "runtime/program/value.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writ {

struct Limits {
  std::size_t file_bytes = 16u << 20;  // one source file
  std::size_t total_bytes = 1u << 30;  // one policy set
  std::size_t files = 200'000;
  std::size_t tokens = 8'000'000;        // of one file
  std::size_t declarations = 1'000'000;  // at the top level of one file
  std::size_t nesting = 250;             // grammar rules entered inside one another, scaled: see parse.cpp
  std::size_t import_depth = 32;
  std::size_t identifier_bytes = 256;
  std::size_t string_bytes = max_string_bytes;  // one string literal: no string of a request is longer
  std::size_t list_items = 200'000;             // one list literal: about 1 KB each while it is compiled
  std::size_t zone_places = 200'000;            // blocks, countries and networks of one zone
  std::size_t conditions_per_rule = 200'000;    // leaves of one rule's conditions
  std::size_t expressions_per_tenant =
      2'000'000;                     // of all its rules, the platform's too, lets and templates written out
  std::size_t quantifier_depth = 1;  // one inside another would cost the product of two sets of the request
  std::size_t pattern_memory_per_tenant = program::max_pattern_memory;  // what its regular expressions may take
  std::size_t pattern_steps_per_tenant = program::max_pattern_steps;  // and do for a byte of what they are matched with
  std::size_t tenants = 1'000'000;                                    // of one policy set
  std::size_t clients_per_tenant = 65'535;
  std::size_t connections_per_tenant = 65'535;
  std::size_t organizations_per_tenant = 2'000'000;
  std::size_t zones_per_tenant = 65'535;   // its own; the platform may have as many
  std::size_t rules_per_tenant = 65'535;   // in force for one (tenant, action)
  std::size_t attributes = 1'024;          // declared ones visible in one tenant
  std::size_t cases_per_question = 4'096;  // of a test: its clients times its connections times its fixtures
  std::size_t reported_errors = 1'000;     // mistakes in the text of one file; then it is not read on
};

struct LimitRow {
  std::string_view name;
  std::size_t Limits::* member;
};
inline constexpr auto limit_rows = std::to_array<LimitRow>({
    {"file-bytes", &Limits::file_bytes},
    {"total-bytes", &Limits::total_bytes},
    {"files", &Limits::files},
    {"tokens", &Limits::tokens},
    {"declarations", &Limits::declarations},
    {"nesting", &Limits::nesting},
    {"import-depth", &Limits::import_depth},
    {"identifier-bytes", &Limits::identifier_bytes},
    {"string-bytes", &Limits::string_bytes},
    {"list-items", &Limits::list_items},
    {"zone-places", &Limits::zone_places},
    {"conditions-per-rule", &Limits::conditions_per_rule},
    {"expressions-per-tenant", &Limits::expressions_per_tenant},
    {"quantifier-depth", &Limits::quantifier_depth},
    {"pattern-memory-per-tenant", &Limits::pattern_memory_per_tenant},
    {"pattern-steps-per-tenant", &Limits::pattern_steps_per_tenant},
    {"tenants", &Limits::tenants},
    {"clients-per-tenant", &Limits::clients_per_tenant},
    {"connections-per-tenant", &Limits::connections_per_tenant},
    {"organizations-per-tenant", &Limits::organizations_per_tenant},
    {"zones-per-tenant", &Limits::zones_per_tenant},
    {"rules-per-tenant", &Limits::rules_per_tenant},
    {"attributes", &Limits::attributes},
    {"cases-per-question", &Limits::cases_per_question},
    {"reported-errors", &Limits::reported_errors},
});
static_assert(sizeof(Limits) == limit_rows.size() * sizeof(std::size_t), "every limit has its row");

}  // namespace writ
