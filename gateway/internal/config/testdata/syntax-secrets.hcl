gateway {
  listen "127.0.0.1:8080"
}

  connection "demo" {
    site        = "https://a.example"
    site        = "https://b.example"
    private_key = HiddenSecret1 HiddenSecret2
    template    = "%{HiddenSecret3}"
    escape      = "Hidden\Secret4"
    public_key  "HiddenSecret5"
  }

agent "one" {
  token = HiddenSecret6:HiddenSecret7
}

group "support" {
  connections = ["*"
}
