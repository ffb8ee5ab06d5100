// Laying a bundle into a folder that a web server gives out: files named by what is in them, which never change, deltas from what is there, and last
// of all the small text that says which is the latest.
#pragma once

#include "runtime/bundle/latest.h"

#include <functional>
#include <memory>
#include <string>

namespace writ::bundle {

using SignText = std::function<Problem(std::string_view message, std::vector<Signature>& signatures)>;

// `bundle` is whole. Deltas are made from the `deltas` latest ones that lie there; what is older than those is deleted, so that whoever is further behind
// fetches it whole. A version that is not later than the one that is there is refused.
Problem publish(const std::string& folder, const std::shared_ptr<const Bundle>& bundle, std::size_t deltas,
                const SignText& sign, Latest& made);

}  // namespace writ::bundle
