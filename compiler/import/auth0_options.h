// What a program of Auth0 may read of the options of the connection that somebody signs in by: the export says it of each connection, so a
// program that reads them is run for each.
#pragma once

#include "compiler/import/auth0_plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing::auth0 {

inline constexpr std::string_view option_of_connection = "context.connectionOptions.";

struct ConnectionOptions {
  std::string connection;  // its name in the policy
  std::optional<std::string> domain{};
  std::optional<std::vector<std::string>> aliases{};
};
struct OfConnections {};  // thrown where a program reads them and nobody said of which connection

// Of every connection of the export; `Unknown` where they are neither texts nor lists of them.
std::vector<ConnectionOptions> connection_options(const Making& making);

}  // namespace writ::importing::auth0
