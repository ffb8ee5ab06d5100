// See meant.h.
#include "cli/meant.h"

namespace writ::cli {

std::string meant(const Pipeline& pipeline, const NamedRequest& request, Fault fault) {
  if (fault == Fault::unknown_tenant) {
    struct Tenant {
      std::string_view id;
    };
    std::vector<Tenant> tenants;
    for (const model::Tenant& one : pipeline.policy.tenants) tenants.push_back({one.structure.id});
    return did_you_mean(request.tenant, tenants);
  }
  const auto part = pipeline.engine->part(request.tenant);
  if (part == nullptr) return {};
  switch (fault) {
  case Fault::unknown_client: return did_you_mean(request.client, part->clients);
  case Fault::organization_unknown: return did_you_mean(request.organization.value_or(""), part->organizations);
  case Fault::unknown_connection: return did_you_mean(request.connection.value_or(""), part->connections);
  default: return {};
  }
}

}  // namespace writ::cli
