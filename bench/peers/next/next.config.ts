// All as it is by default, but for the folder that counts as the project: this one.
import type { NextConfig } from 'next';

const config: NextConfig = {
  turbopack: { root: import.meta.dirname },
};

export default config;
