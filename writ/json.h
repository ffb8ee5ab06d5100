// Requests, decisions and reports as JSON.
#pragma once

#include "runtime/json/decision_json.h"
#include "runtime/json/password_json.h"
#include "runtime/json/request_json.h"
#include "runtime/json/request_reader.h"
