// The engine that a service keeps: asks, answers, and tenants that are replaced while it does.
#pragma once

#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"
#include "writ/decision.h"
#include "writ/request.h"
