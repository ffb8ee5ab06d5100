// What an engine answers.
#pragma once

#include "runtime/engine/decision.h"
