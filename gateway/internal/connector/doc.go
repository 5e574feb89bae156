// Package connector runs connector processes, keeps them alive and carries
// calls to them.
//
// One process per connector serves many connections. The process is a
// go-plugin started by a runner of our own (see runner): a private copy of its
// program or folder, an allow-listed environment, a process group and a socket
// directory of its own. A process that ends is noticed at once and started
// again; its connections are connected again. What is wrong before the first
// connection (a missing executable, another protocol version) is an error of
// Describe; what goes wrong later only degrades a connection.
package connector
