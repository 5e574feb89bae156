gateway {
  listen = "127.0.0.1:8080"
}

connection "demo" {
  private_key = "Hidden-Secret-1
  public_key  = Hidden-Secret-2 Hidden-Secret-3
  template    = "%{Hidden-Secret-4"
}
