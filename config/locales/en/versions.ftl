versions-system = System { $version }
versions-kernel = Kernel { $version }
versions-app = Payment application { $version }
versions-params = Parameters { $version }
versions-codes = Code table { $version }
versions-firmware = Firmware { $part }: { $version }
versions-app-untold = Version of the payment application: not known here, no parameter file is configured.
