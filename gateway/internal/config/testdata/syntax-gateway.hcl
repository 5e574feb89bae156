gateway {
  listen = "127.0.0.1:8080
  log {
    level = "debug"
    level = "info"
  }
}
