export default () => <p>What we ask</p>;
