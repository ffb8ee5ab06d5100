// Conditional access of Microsoft Entra as Graph exports it: a folder of policies and named locations, one file each, or a file that
// holds several. Every policy whose conditions hold applies, which is how rules of Writ apply.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/plan.h"
#include "compiler/import/report.h"

#include <string>
#include <vector>

namespace writ::importing {

struct EntraThing {
  Value value;
  std::string origin;
};
struct EntraExport {
  std::vector<EntraThing> policies, locations;
  std::string origin;
  std::string problem;  // why nothing was read
};
// A file that cannot be read is noted, and the others are; nothing at all is a problem.
EntraExport read_entra(const std::string& path, Report& report);

Tenant plan_entra(const EntraExport& source, const std::string& name, Report& report);

}  // namespace writ::importing
