// Decisions, traces and offers as JSON, on one line, always with the same keys in the same order: what has no value is null, so that a
// reader never has to ask whether a key is there. Broken UTF-8 in a policy's text becomes U+FFFD.
#pragma once

#include "runtime/engine/engine.h"

#include <span>
#include <string>

namespace writ {

// {"effect", "because", "fault", "detail", "reasons": [{"id", "effect", "name", "text", "place", "message", "note"}], "obligations": [text],
//  "reports": [as reasons], "would_be", "session": {"idle", "absolute"} | null, "revision", "version"}
// `message` is for the user, `note` for the administrator; neither is in `text`, which is what the rule does.
std::string to_json(const Explanation& decision);

// [{"id", "effect", "report", "text", "place", "message", "note", "fired", "leaves": [{"text", "outcome", "seen": {fact: value}}],
//   "alternatives": [{"text", "satisfied"}]}]
std::string to_json(std::span<const TraceEntry> trace);

// {"fault", "connections": [{"id", "name", "strategy", "family"}], "home_realm"}
std::string to_json(const Offer& offer);

}  // namespace writ
