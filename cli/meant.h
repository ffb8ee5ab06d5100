// Which name may have been meant, where a request or a flag names what is not there.
#pragma once

#include "cli/console.h"
#include "cli/pipeline.h"
#include "compiler/diagnostics/diagnostics.h"

#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

// ", did you mean `admin`?", or nothing.
template <typename Records>
std::string did_you_mean(std::string_view seen, const Records& records) {
  std::vector<std::string_view> ids;
  for (const auto& record : records) ids.push_back(record.id);
  const std::string_view near = nearest_name(seen, ids);
  return near.empty() ? std::string() : ", did you mean `" + safe(near) + "`?";
}

// The same for the name that a request's fault is about: an unknown tenant, client, organization or connection.
std::string meant(const Pipeline& pipeline, const NamedRequest& request, Fault fault);

}  // namespace writ::cli
