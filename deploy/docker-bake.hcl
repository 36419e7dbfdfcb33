# Builds the image for both processors: docker buildx bake -f deploy/docker-bake.hcl --push
#
#   TAG=ghcr.io/you/omi-backend:0.2.0 docker buildx bake -f deploy/docker-bake.hcl --push
#   docker buildx bake -f deploy/docker-bake.hcl local      # for this machine only

variable "TAG" {
  default = "omi-backend:latest"
}

# Clients of engines that are not built in, such as "ioredis@^5.11.1".
variable "ENGINES" {
  default = ""
}

group "default" {
  targets = ["image"]
}

target "image" {
  context    = "."
  dockerfile = "Dockerfile"
  tags       = [TAG]
  args       = { ENGINES = ENGINES }
  platforms  = ["linux/amd64", "linux/arm64"]
  attest     = ["type=provenance,mode=max", "type=sbom"]
}

target "local" {
  inherits  = ["image"]
  platforms = []
  attest    = []
  output    = ["type=docker"]
}
