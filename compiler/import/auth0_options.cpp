// See auth0_options.h.
#include "compiler/import/auth0_options.h"

#include "compiler/import/auth0_values.h"

namespace writ::importing::auth0 {

std::vector<ConnectionOptions> connection_options(const Making& making) {
  std::vector<ConnectionOptions> list;
  for (const auto* section : {"databases", "connections"})
    for (const auto& thing : making.source.section(section)) {
      const auto fields = making.fields(thing);
      const auto known = making.connections.find(fields.text("name").value_or(""));
      if (known == making.connections.end()) continue;
      const auto options = fields.object("options");
      auto& one = list.emplace_back(ConnectionOptions{making.tenant.connections[known->second].name, {}, {}});
      if (const auto* domain = options.find("tenant_domain"); domain != nullptr && !domain->is_null()) {
        if (!domain->is_string()) throw Unknown{};
        one.domain = domain->get<std::string>();
      }
      const auto* aliases = options.find("domain_aliases");
      if (aliases == nullptr || aliases->is_null()) continue;
      if (!aliases->is_array()) throw Unknown{};
      one.aliases.emplace();
      for (const auto& alias : *aliases) {
        if (!alias.is_string()) throw Unknown{};
        one.aliases->push_back(alias.get<std::string>());
      }
    }
  return list;
}

}  // namespace writ::importing::auth0
