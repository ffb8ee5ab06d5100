// Texts of which a request may give one spelling only. Where a name has several, a rule that denies one of them would be
// silent for the others: `KP` and `kp`, `acme.com` and `ACME.com.:8443`.
#pragma once

#include <string>
#include <string_view>

namespace writ {

// ASCII's letters in lower case, every other byte as it is.
std::string lower_case(std::string_view text);

// Two upper-case letters, as in ISO 3166-1 alpha-2.
bool is_country(std::string_view text);

// A domain name as DNS has it, in lower case: labels of letters, digits and `-`, one dot between two; at most 63 bytes
// a label and 253 in all (RFC 1035, 2.3.4; RFC 1123, 2.1). No port, no final dot, other scripts as A-labels.
bool is_domain(std::string_view text);

// Whether what follows the last `@` is a domain, in either case. A text without `@` is nobody's address and may be any.
bool is_mail(std::string_view text);

}  // namespace writ
