// Decisions as people read them: the effect, the reasons with their places and what was seen, what remains to be done.
#pragma once

#include "cli/console.h"
#include "runtime/engine/engine.h"

#include <span>
#include <string>

namespace writ::cli {

// "login to acme.admin in coke via staff"
std::string question(const NamedRequest& request);

// The short form of `writ eval`. The trace may be empty; where it is not, reasons show the values they rest on.
std::string verdict(const std::string& asked, const Explanation& decision, std::span<const TraceEntry> trace,
                    const Console& console);

// The long form of `writ explain`: every rule that was asked, fired or not, in source order. `more` stands before the revision.
std::string reading(const std::string& asked, const Explanation& decision, std::span<const TraceEntry> trace,
                    const Console& console, std::string_view more = {});

}  // namespace writ::cli
