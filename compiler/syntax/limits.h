// Every size an author controls has its limit here, and every limit a test just under and just over.
#pragma once

#include <cstddef>
#include <cstdint>

namespace writ {

struct Limits {
  std::size_t file_bytes = 16u << 20;  // one source file
  std::size_t total_bytes = 1u << 30;  // one policy set
  std::size_t files = 200'000;
  std::size_t tokens = 8'000'000;  // of one file
  std::size_t nesting = 250;       // grammar rules entered inside one another, scaled: see parse.cpp
  std::size_t import_depth = 32;
  std::size_t identifier_bytes = 256;
  std::size_t string_bytes = 65'536;          // one string literal
  std::size_t list_items = 1'000'000;         // one list literal
  std::size_t conditions_per_rule = 200'000;  // leaves of one rule's conditions
  std::size_t expressions_per_tenant =
      2'000'000;                     // of all its rules, the platform's too, lets and templates written out
  std::size_t quantifier_depth = 1;  // one inside another would cost the product of two sets of the request
  std::size_t pattern_memory_per_tenant = 64u << 20;  // what its regular expressions may take while matching
  std::size_t clients_per_tenant = 65'535;
  std::size_t connections_per_tenant = 65'535;
  std::size_t organizations_per_tenant = 2'000'000;
  std::size_t rules_per_tenant = 65'535;  // in force for one (tenant, action)
  std::size_t attributes = 1'024;         // declared ones visible in one tenant
  std::size_t reported_errors = 1'000;    // mistakes in the text of one file; then it is not read on
};

}  // namespace writ
