# Mistakes that only the connector's schema shows.
connector "example" {
  source = "bin/example"
}

connection "demo" {
  connector     = "example"
  sit           = "Hidden-Secret-1"
  private_key   = "Hidden-Secret-2"
  public_key    = ["Hidden-Secret-3"]
  client_id     = 007
  verify        = "maybe"
  port          = 2.5
  weight        = []
  timeout       = "soon"
  proxy         = "https://user:Hidden-Secret-4@proxy"
  mode          = "fats"
  boards        = ["a", 2]
  labels        = { a = null }
  rate_limit    = "fast"
  defaults      = {}
  webhooks {
    secret "Hidden-Secret-5" {
    }
    key   = "x"
    state = on
  }
  webhooks {
  }
  site {
  }
  private_kye {
    value = "Hidden-Secret-6"
  }
}
