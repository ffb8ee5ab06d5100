// Passwords: the question whether one may be set, and what it is asked with: hashes, histories, lists, strength.
#pragma once

#include "runtime/engine/password.h"
#include "runtime/engine/password_lists.h"
#include "runtime/password/hashes.h"
#include "runtime/password/history.h"
#include "runtime/password/secret.h"
