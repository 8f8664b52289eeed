export * from '/tmp/m/terms/src/placement.ts';
