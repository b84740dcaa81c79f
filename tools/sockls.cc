// sockls: lists open sockets.

#include "sockls/run.h"

int main(int argc, char** argv) { return static_cast<int>(tools::sockls::run(argc, argv)); }
